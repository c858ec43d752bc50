import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { setImmediate, setTimeout } from "node:timers/promises";
import type { Instance, Snapshot } from "@twinfold/api";
import { type RunningDropboxLocal, startDropboxLocal } from "@twinfold/dropbox-local";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type ServerProcess, startServerProcess } from "../../../test/pages/server-process.ts";
import { callerOf } from "./caller.ts";
import { type DropboxUser, linkAs } from "./link-as.ts";
import { PATIENCE } from "./linked-server.ts";
import type { OwnServer } from "./own-server.ts";
import { invite, json, unitIds } from "./people.ts";

const ADA = { email: "ada@dropbox.example", name: "Ada L.", password: "engine" };
const GRACE = { email: "grace@dropbox.example", name: "Grace H.", password: "navy" };
const FOLDER = "/Apps/Twinfold/Analytical Engines/First Space/Master";
/** Left out of sync, and so many that the swap takes a while. */
const IGNORED = 2_000;

let dropbox: RunningDropboxLocal;
let folder: string;
let server: ServerProcess;
let own: Pick<OwnServer, "call" | "url">;
let id: string;
let root: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "twinfold-unheard-"));
  dropbox = await startDropboxLocal({ dataFolder: join(folder, "dropbox"), control: true });
  for (const account of [ADA, GRACE]) await dropbox.ensureAccount(account);
  const app = await dropbox.ensureApp({ name: "Twinfold" });
  server = await startServerProcess({
    TWINFOLD_DATA: join(folder, "data"),
    TWINFOLD_DROPBOX_URL: dropbox.url,
    DROPBOX_APP_KEY: app.appKey,
    DROPBOX_APP_SECRET: app.appSecret,
  });
  const call = callerOf(server);
  own = { call, url: server.url };
  await call("POST", "/api/login", server.user);
  id = (await unitIds(own)).get("First Space/Master") ?? "";
  root = join(folder, "data/files", id);
  const grace = await invite(own, "instance", id, "grace@example.org", "instance editor");
  await linkAs(own, dropbox, own, ADA);
  await linkAs(own, dropbox, grace, GRACE);
  for (const person of [own, grace]) await person.call("POST", `/api/instances/${id}/always-on`, { on: true });
}, 180_000);
afterAll(async () => {
  await server.dispose();
  await dropbox.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
});

const put = (name: string, content: string) => {
  mkdirSync(join(root, name, ".."), { recursive: true });
  writeFileSync(join(root, name), content);
};
const control = (method: string, name: string, body?: unknown) =>
  fetch(`${dropbox.url}/__control/${name}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
const filesOf = (account: DropboxUser) => dropbox.accountFiles(account.email);
const edit = (account: DropboxUser, name: string, content: string) =>
  filesOf(account).upload(`${FOLDER}/${name}`, Readable.from([Buffer.from(content)]), { ifExists: "overwrite" });

async function inDropbox(account: DropboxUser, path = FOLDER): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await filesOf(account).list(path)) {
    if (entry.kind === "folder") Object.assign(found, await inDropbox(account, entry.path));
    else {
      const { content } = await filesOf(account).read(entry.path);
      found[entry.path.slice(FOLDER.length + 1)] = await text(Readable.from(content));
    }
  }
  return found;
}
const bothAre = (wanted: Record<string, unknown>) =>
  vi.waitFor(async () => {
    for (const account of [ADA, GRACE]) expect(await inDropbox(account)).toEqual(wanted);
  }, PATIENCE);

const SYNCED = { ".mignore": "/bulk/\n", "kept.txt": "kept", "moved.txt": "moved", "gone.txt": "gone" };
const copyOf = (name: string, { name: who }: DropboxUser) =>
  expect.stringMatching(new RegExp(`^${name} \\(${who}'s conflicted copy \\d{4}-\\d\\d-\\d\\d\\)\\.txt$`));

test("restored unheard and killed amid it, files have their names in each co-author's Dropbox, and what that had is beside them", {
  timeout: 240_000,
}, async () => {
  for (const [name, content] of Object.entries({ ...SYNCED, "paper.txt": "then", "old.txt": "then" }))
    put(name, content);
  for (let n = 0; n < IGNORED; n++) put(`bulk/then ${n}`, `content ${n}`);
  await bothAre({ ...SYNCED, "paper.txt": "then", "old.txt": "then" });
  const { id: snapshotId } = await json<Snapshot>(own.call("POST", `/api/instances/${id}/snapshots`, { note: "then" }));
  put("paper.txt", "now");
  put("new.txt", "now");
  rmSync(join(root, "old.txt"));
  rmSync(join(root, "bulk"), { recursive: true });
  for (let n = 0; n < IGNORED; n++) put(`bulk/now ${n}`, `other ${n}`);
  await bothAre({ ...SYNCED, "paper.txt": "now", "new.txt": "now" });

  // From now on nobody hears of Dropbox, where both go on.
  await control("POST", "faults", { route: "*", cut: "before", rate: 1 });
  for (const account of [ADA, GRACE]) {
    await edit(account, "paper.txt", `${account.name} edits what will be restored`);
    await edit(account, "kept.txt", `${account.name} edits what is as it was`);
    await edit(account, "new.txt", `${account.name} edits what will go`);
    await edit(account, `by ${account.name}.txt`, account.name);
    await filesOf(account).move(`${FOLDER}/moved.txt`, `${FOLDER}/elsewhere.txt`);
    await filesOf(account).delete(`${FOLDER}/gone.txt`);
  }
  const restoring = own
    .call("POST", `/api/instances/${id}/snapshots/${snapshotId}/restore`, {})
    .catch(() => "cut short");
  const restore = join(folder, "data/files/.snapshots", id, "restore");
  const journal = join(restore, "journal.json");
  // Its sessions are given some time to hear of Dropbox first.
  while (!existsSync(restore)) await setTimeout(10);
  while (!existsSync(journal)) await setImmediate();
  await server.kill();
  expect(await restoring).toBe("cut short");
  expect(existsSync(journal)).toBe(true);
  await server.startAgain();
  expect(readFileSync(join(root, "paper.txt"), "utf8")).toBe("then");

  // Killed once more while they make Dropbox equal.
  await control("DELETE", "faults");
  await vi.waitFor(async () => {
    const all = await Promise.all([ADA, GRACE].map((account) => inDropbox(account)));
    expect(all.some((names) => names["paper.txt"] === "then")).toBe(true);
  }, PATIENCE);
  await server.kill();
  await server.startAgain();
  await vi.waitFor(async () => {
    const { sync } = await json<Instance>(own.call("GET", `/api/instances/${id}`));
    expect(["up to date", "needs attention"]).toContain(sync.state);
    expect(await inDropbox(GRACE)).toEqual(await inDropbox(ADA));
    expect(Object.keys(await inDropbox(ADA)).length).toBeGreaterThanOrEqual(12);
  }, PATIENCE);

  const files = await inDropbox(ADA);
  expect(files).toMatchObject({ ...SYNCED, "paper.txt": "then", "old.txt": "then" });
  // Nothing that Dropbox had is lost, and what the restore took away lives where it was edited.
  for (const account of [ADA, GRACE]) {
    const at = (content: string) => Object.entries(files).flatMap(([name, one]) => (one === content ? [name] : []));
    expect(at(`${account.name} edits what will be restored`)).toEqual([copyOf("paper", account)]);
    expect(at(`${account.name} edits what is as it was`)).toEqual([copyOf("kept", account)]);
    expect(at(account.name)).toEqual([`by ${account.name}.txt`]);
    expect(at(`${account.name} edits what will go`)).toHaveLength(1);
  }
  expect(files).toHaveProperty(["new.txt"]);
  expect(readdirSync(join(root, "bulk")).every((name) => name.startsWith("then "))).toBe(true);
});
