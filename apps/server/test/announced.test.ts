import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text as readText } from "node:stream/consumers";
import type { ActivityPage, Distribution, Snapshot } from "@twinfold/api";
import { type AccountFiles, type RunningDropboxLocal, startDropboxLocal } from "@twinfold/dropbox-local";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { inotify } from "../../../packages/filesystem/src/inotify.ts";
import { eachStepStandsOnTheLast } from "../../../test/pages/each-step.ts";
import { linkAs } from "./link-as.ts";
import { PATIENCE } from "./linked-server.ts";
import { type OwnServer, startOwnServer } from "./own-server.ts";
import { invite, json, type Person, unitIds } from "./people.ts";

/**
 * What the platform itself changes comes to each linked Dropbox though the kernel tells nothing of it: here it tells nothing
 * at all, and between two looks at everything are ten minutes.
 */
vi.setConfig({ testTimeout: 120_000 });
eachStepStandsOnTheLast();

const ADA = { email: "ada@dropbox.example", name: "Ada L.", password: "engine" };
const GRACE = { email: "grace@dropbox.example", name: "Grace H.", password: "navy" };
const FOLDER = "/Apps/Twinfold/Analytical Engines/First Space/Master";

let dropbox: RunningDropboxLocal;
let dropboxFolder: string;
let own: OwnServer;
let master: string;
let source: string;
let grace: Person;

beforeAll(async () => {
  vi.spyOn(inotify, "add").mockReturnValue(-1);
  dropboxFolder = mkdtempSync(join(tmpdir(), "twinfold-dropbox-"));
  dropbox = await startDropboxLocal({ dataFolder: dropboxFolder });
  for (const account of [ADA, GRACE]) await dropbox.ensureAccount(account);
  const app = await dropbox.ensureApp({ name: "Twinfold" });
  own = await startOwnServer({
    TWINFOLD_DROPBOX_URL: dropbox.url,
    DROPBOX_APP_KEY: app.appKey,
    DROPBOX_APP_SECRET: app.appSecret,
  });
  const units = await unitIds(own);
  master = units.get("First Space/Master") ?? "";
  source = units.get("First Space/Distributed") ?? "";
  grace = await invite(own, "instance", master, GRACE.email, "instance editor");
  await linkAs(own, dropbox, own, ADA);
  await linkAs(own, dropbox, grace, GRACE);
  for (const path of [
    "unheard/file",
    "uploaded/edited",
    "shared/edited",
    "shared/moved",
    "shared/gone",
    "undone/file",
    "quick/file",
  ])
    onDisk(master, path, "1");
  for (const { call } of [own, grace])
    expect((await call("POST", `/api/instances/${master}/always-on`, { on: true })).status).toBe(200);
  await both({ "unheard/file": "1", "undone/file": "1", "shared/gone": "1" });
}, 120_000);
afterAll(async () => {
  await own.dispose();
  await dropbox.close();
  rmSync(dropboxFolder, { recursive: true, force: true });
});

function onDisk(instance: string, path: string, content: string): void {
  const file = join(own.folder, "files", instance, path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, content);
}
const filesOf = (account: { readonly email: string }): AccountFiles => dropbox.accountFiles(account.email);
async function inDropbox(account: { readonly email: string }, path: string): Promise<string | null> {
  const found = await filesOf(account)
    .read(`${FOLDER}/${path}`)
    .catch(() => null);
  return found === null ? null : readText(Readable.from(found.content));
}
/** Both have this in their Dropboxes; null for what is not there. */
const both = (wanted: Readonly<Record<string, string | null>>) =>
  vi.waitFor(async () => {
    for (const [path, content] of Object.entries(wanted))
      for (const account of [ADA, GRACE])
        expect([account.name, path, await inDropbox(account, path)]).toEqual([account.name, path, content]);
  }, PATIENCE);
async function post<T>(path: string, body: unknown): Promise<T> {
  const answer = await own.call("POST", path, body);
  expect(answer.status).toBe(200);
  return json<T>(answer);
}
const at = (what: string) => `/api/instances/${master}/${what}`;
const upload = async (path: string, content: string) =>
  expect((await own.call("PUT", at(`file?area=workspace&path=${path}`), content)).status).toBe(200);

test("what is uploaded, moved, deleted and brought back on the Files page", async () => {
  // Here the kernel would tell: that it does not is what all that follows rests upon.
  onDisk(master, "unheard/file", "2");
  await upload("uploaded/new", "new");
  await upload("uploaded/edited", "2");
  await both({ "uploaded/new": "new", "uploaded/edited": "2" });
  await post(at("folder"), { area: "workspace", path: "uploaded/folder" });
  await post(at("move"), { area: "workspace", from: "uploaded/new", to: "uploaded/folder/moved" });
  await both({ "uploaded/new": null, "uploaded/folder/moved": "new" });
  const { id } = await post<{ id: string }>(at("delete"), { area: "workspace", path: "uploaded/edited" });
  await both({ "uploaded/edited": null });
  await post(at("deleted/bring-back"), { area: "workspace", id });
  await both({ "uploaded/edited": "2" });
});

test("what comes from a co-author's Dropbox, and goes and moves there", async () => {
  const hers = filesOf(GRACE);
  const put = (path: string, content: string) =>
    hers.upload(`${FOLDER}/${path}`, Readable.from([Buffer.from(content)]), { ifExists: "overwrite" });
  await put("shared/new", "hers");
  await put("shared/edited", "hers too");
  await both({ "shared/new": "hers", "shared/edited": "hers too" });
  await hers.delete(`${FOLDER}/shared/gone`);
  await hers.move(`${FOLDER}/shared/moved`, `${FOLDER}/shared/renamed`);
  await both({ "shared/gone": null, "shared/moved": null, "shared/renamed": "1" });
});

test("what an undo brings back", async () => {
  await filesOf(ADA).delete(`${FOLDER}/undone/file`);
  await both({ "undone/file": null });
  const entry = await vi.waitFor(async () => {
    const { entries } = await json<ActivityPage>(own.call("GET", at("activity")));
    const found = entries.find(({ path, action }) => path === "undone/file" && action === "delete");
    if (found === undefined) throw new Error("the deletion is not told of");
    return found;
  }, PATIENCE);
  expect((await own.call("POST", at(`activity/${entry.id}/undo`), {})).status).toBe(202);
  await both({ "undone/file": "1" });
});

test("what is distributed; and what nobody announces is not found meanwhile", async () => {
  onDisk(source, "given/deep/file", "given");
  const { id } = await post<{ id: string }>(`/api/instances/${source}/distributions`, {
    paths: ["given"],
    strategy: "overwrite",
    targets: [master],
  });
  await both({ "given/deep/file": "given" });
  for (const account of [ADA, GRACE]) expect(await inDropbox(account, "unheard/file")).toBe("1");
  await vi.waitFor(async () => {
    const { distributions } = await json<{ distributions: Distribution[] }>(
      own.call("GET", `/api/instances/${source}/distributions`),
    );
    expect(distributions.find((one) => one.id === id)?.targets).toMatchObject([{ state: "done" }]);
  }, PATIENCE);
  await post(`/api/instances/${source}/distributions/${id}/undo`, { targetId: master });
  await both({ "given/deep/file": null });
});

test("what is restored", async () => {
  const { snapshots } = await json<{ snapshots: Snapshot[] }>(own.call("GET", at("snapshots")));
  await upload("uploaded/edited", "after the snapshot");
  await both({ "uploaded/edited": "after the snapshot" });
  await post(at(`snapshots/${snapshots[0]?.id}/restore`), {});
  await both({ "uploaded/edited": "2" });
});

const WITHIN = 3_000;
/** Milliseconds from when it was done until both have it: the quickest of some, since others keep the machine busy, too. */
async function quickest(act: (round: number) => Promise<Readonly<Record<string, string | null>>>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5 && least > WITHIN; round++) {
    const wanted = await act(round);
    const done = performance.now();
    await both(wanted);
    least = Math.min(least, performance.now() - done);
  }
  return least;
}

test("each of that is in every linked Dropbox within three seconds", async () => {
  const uploaded = await quickest(async (round) => {
    await upload("quick/uploaded", `${round}`);
    return { "quick/uploaded": `${round}` };
  });
  const shared = await quickest(async (round) => {
    const content = Readable.from([Buffer.from(`hers ${round}`)]);
    await filesOf(GRACE).upload(`${FOLDER}/quick/shared`, content, { ifExists: "overwrite" });
    return { "quick/shared": `hers ${round}` };
  });
  const distributed = await quickest(async (round) => {
    onDisk(source, "quick/given", `${round}`);
    await post(`/api/instances/${source}/distributions`, {
      paths: ["quick/given"],
      strategy: "overwrite",
      targets: [master],
    });
    return { "quick/given": `${round}` };
  });
  await upload("quick/restored", "then");
  const { id } = await post<Snapshot>(at("snapshots"), { note: "then" });
  const restored = await quickest(async () => {
    await upload("quick/restored", "since");
    await both({ "quick/restored": "since" });
    await post(at(`snapshots/${id}/restore`), { paths: ["quick/restored"] });
    return { "quick/restored": "then" };
  });
  for (const took of [uploaded, shared, distributed, restored]) expect(took).toBeLessThan(WITHIN);
});
