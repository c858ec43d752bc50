import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text as readText } from "node:stream/consumers";
import type { SyncDetails } from "@twinfold/api";
import { type AccountFiles, type RunningDropboxLocal, startDropboxLocal } from "@twinfold/dropbox-local";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { linkAs } from "./link-as.ts";
import { PATIENCE } from "./linked-server.ts";
import { type OwnServer, startOwnServer } from "./own-server.ts";
import { invite, json, type Person, unitIds } from "./people.ts";

/** SPEC 1.2: a viewer's Dropbox follows the files of an instance, and what she does there stays there. */
const GRACE = { email: "grace@dropbox.example", name: "Grace H.", password: "navy" };
const FOLDER = "/Apps/Twinfold/Analytical Engines/First Space/Master";
const STAYS = "what changes there does not come here";

let dropbox: RunningDropboxLocal;
let dropboxFolder: string;
let own: OwnServer;
let master: string;
let root: string;
let grace: Person;
let hers: AccountFiles;

beforeAll(async () => {
  dropboxFolder = mkdtempSync(join(tmpdir(), "twinfold-dropbox-"));
  dropbox = await startDropboxLocal({ dataFolder: dropboxFolder });
  await dropbox.ensureAccount(GRACE);
  const app = await dropbox.ensureApp({ name: "Twinfold" });
  own = await startOwnServer({
    TWINFOLD_DROPBOX_URL: dropbox.url,
    DROPBOX_APP_KEY: app.appKey,
    DROPBOX_APP_SECRET: app.appSecret,
  });
  master = (await unitIds(own)).get("First Space/Master") ?? "";
  root = join(own.folder, "files", master);
  mkdirSync(root, { recursive: true });
  grace = await invite(own, "instance", master, GRACE.email, "instance viewer");
  await linkAs(own, dropbox, grace, GRACE);
  hers = dropbox.accountFiles(GRACE.email);
}, 120_000);
afterAll(async () => {
  await own.dispose();
  await dropbox.close();
  rmSync(dropboxFolder, { recursive: true, force: true });
});

const text = async (name: string) => {
  const found = await hers.read(`${FOLDER}/${name}`).catch(() => null);
  return found === null ? null : await readText(Readable.from(found.content));
};
const save = (name: string, content: string) =>
  hers.upload(`${FOLDER}/${name}`, Readable.from([Buffer.from(content)]), { ifExists: "overwrite" });
const inHers = (name: string, content: string) =>
  vi.waitFor(async () => expect(await text(name)).toBe(content), PATIENCE);
const here = () =>
  Object.fromEntries(
    readdirSync(root, { withFileTypes: true }).flatMap((one) =>
      one.isFile() ? [[one.name, readFileSync(join(root, one.name), "utf8")]] : [],
    ),
  );
const details = () => json<SyncDetails>(grace.call("GET", `/api/instances/${master}/sync`));
const says = (said: Record<string, string>) =>
  vi.waitFor(async () => {
    const { notSynced } = await details();
    expect(Object.fromEntries(notSynced.map(({ path, reason }) => [path, reason]))).toEqual(said);
  }, PATIENCE);
const role = (name: string) =>
  own.call("POST", `/api/administration/instance/${master}/members/role`, { userId: grace.id, role: name });

test("her Dropbox follows the files from the moment that she wants it", async () => {
  writeFileSync(join(root, "report.txt"), "first");
  writeFileSync(join(root, "data.csv"), "1,2");
  expect((await grace.call("POST", `/api/instances/${master}/always-on`, { on: true })).status).toBe(200);
  await inHers("report.txt", "first");
  writeFileSync(join(root, "report.txt"), "second");
  await inHers("report.txt", "second");
});

test("what she does in her Dropbox stays there, and the page says so", async () => {
  await save("mine.txt", "a note of hers");
  await save("data.csv", "1,3");
  await says({ "mine.txt": `new in Dropbox: ${STAYS}`, "data.csv": `edited in Dropbox: ${STAYS}` });
  expect(here()).toEqual({ "report.txt": "second", "data.csv": "1,2" });
});

test("where an editor changes what she has changed, hers is kept beside it in her Dropbox", async () => {
  writeFileSync(join(root, "data.csv"), "1,2,3");
  await inHers("data.csv", "1,2,3");
  const names = (await hers.list(FOLDER)).map(({ path }) => path.slice(FOLDER.length + 1));
  const copy = names.find((name) => name.includes("conflicted copy")) ?? "none";
  expect(await text(copy)).toBe("1,3");
  expect(here()).toEqual({ "report.txt": "second", "data.csv": "1,2,3" });
});

test("who becomes an editor syncs both ways, and who is a viewer again does not", async () => {
  await role("instance editor");
  await vi.waitFor(() => expect(here()).toMatchObject({ "mine.txt": "a note of hers" }), PATIENCE);
  await says({});
  await role("instance viewer");
  await save("mine.txt", "changed as a viewer");
  await says({ "mine.txt": `edited in Dropbox: ${STAYS}` });
  expect(here()).toMatchObject({ "mine.txt": "a note of hers" });
});
