import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ActivityEntry, ActivityPage, Undo } from "@twinfold/api";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { eachStepStandsOnTheLast } from "../../../test/pages/each-step.ts";
import { type LinkedServer, PATIENCE, startLinkedServer } from "./linked-server.ts";
import { invite, json, type Person, unitIds } from "./people.ts";

vi.setConfig({ testTimeout: 120_000 });
eachStepStandsOnTheLast();

let linked: LinkedServer;
let viewer: Person;
let stranger: Person;
beforeAll(async () => {
  linked = await startLinkedServer();
  const units = await unitIds(linked.own);
  viewer = await invite(linked.own, "instance", linked.id, "viewer@example.org", "instance viewer");
  const elsewhere = units.get("First Space/Distributed") ?? "";
  stranger = await invite(linked.own, "instance", elsewhere, "stranger@example.org", "instance editor");
}, 60_000);
afterAll(() => linked.dispose());

const address = () => `/api/instances/${linked.id}/activity`;
const page = (before?: string) =>
  json<ActivityPage>(linked.own.call("GET", before === undefined ? address() : `${address()}?before=${before}`));
const put = (name: string, content: string) => {
  mkdirSync(join(linked.root, name, ".."), { recursive: true });
  writeFileSync(join(linked.root, name), content);
};
const here = (name: string) => readFileSync(join(linked.root, name), "utf8");
const namesIn = (folder: string) => readdirSync(join(linked.root, folder)).sort();
/** The newest entry like this one, once it is there. */
const entry = (like: Partial<ActivityEntry>): Promise<ActivityEntry> =>
  vi.waitFor(async () => {
    const { entries } = await page();
    const found = entries.find((one) =>
      Object.entries(like).every(([key, value]) => one[key as keyof ActivityEntry] === value),
    );
    if (found === undefined)
      throw new Error(`${JSON.stringify(like)} is not among ${JSON.stringify(entries, null, 1)}`);
    return found;
  }, PATIENCE);
const undo = (one: ActivityEntry) => linked.own.call("POST", `${address()}/${one.id}/undo`);
/** What became of it, once it has ended. */
async function undone(one: ActivityEntry) {
  const { id } = await json<{ id: string }>(undo(one));
  const ended = await vi.waitFor(async () => {
    const { undos } = await json<{ undos: Undo[] }>(linked.own.call("GET", `/api/instances/${linked.id}/undos`));
    const found = undos.find((other) => other.id === id);
    if (found?.state !== "done") throw new Error(`it is still ${JSON.stringify(found)}`);
    return found;
  }, PATIENCE);
  const { inPlace, asBefore, beside, missed } = ended;
  return { inPlace, asBefore, beside: beside.files, missed: missed.files };
}
const dropboxHas = (wanted: Record<string, string | null>) =>
  vi.waitFor(async () => expect(await linked.inDropbox()).toMatchObject(wanted), PATIENCE);

test("what sync does is told, with its side, its reason, and whether it can be undone", async () => {
  expect(await page()).toEqual({ entries: [], more: false });
  put("notes.txt", "first");
  await linked.startApplication();
  const uploaded = await entry({ path: "notes.txt" });
  expect(uploaded).toMatchObject({
    side: "dropbox",
    action: "upload",
    reason: "new on disk",
    bytes: 5,
    undo: null,
    who: null,
  });
  await linked.putInDropbox("notes.txt", "from the laptop");
  const downloaded = await entry({ side: "workspace", path: "notes.txt" });
  expect(downloaded).toMatchObject({ action: "download", reason: "edited in Dropbox", undo: "possible" });
  expect(Date.parse(downloaded.at)).toBeGreaterThanOrEqual(Date.parse(uploaded.at));
});

test("an overwrite from Dropbox is undone on both sides, once", async () => {
  const downloaded = await entry({ side: "workspace", path: "notes.txt" });
  expect(await undone(downloaded)).toEqual({ inPlace: 1, asBefore: 0, beside: [], missed: [] });
  expect(here("notes.txt")).toBe("first");
  await dropboxHas({ "notes.txt": "first" });
  expect(await entry({ id: downloaded.id })).toMatchObject({ undo: "done" });
  expect(await entry({ action: "bring back" })).toMatchObject({
    side: "platform",
    path: "notes.txt",
    who: "Ada Lovelace",
  });
  expect((await undo(downloaded)).status).toBe(409);
});

test("beside what is newer, the old version comes under another name", async () => {
  put("notes.txt", "second");
  const overwrite = await entry({ side: "dropbox", action: "upload", path: "notes.txt", bytes: 6 });
  put("notes.txt", "third, newer than what is to be undone");
  const { inPlace, beside } = await undone(overwrite);
  expect([inPlace, beside.length]).toEqual([0, 1]);
  const as = beside[0]?.as ?? "";
  expect(as).toMatch(/^notes \(brought back \d{4}-\d\d-\d\d\)\.txt$/);
  expect([here("notes.txt"), here(as)]).toEqual(["third, newer than what is to be undone", "first"]);
  await dropboxHas({ "notes.txt": "third, newer than what is to be undone", [as]: "first" });
});

test("a folder that was deleted comes back with what went with it, and not over what is there again", async () => {
  for (const name of ["a.txt", "b.txt", "deep/c.txt"]) put(`data/${name}`, `content of ${name}`);
  put("data/d.txt", "content of d.txt");
  await dropboxHas({ "data/deep/c.txt": "content of deep/c.txt", "data/d.txt": "content of d.txt" });
  rmSync(join(linked.root, "data"), { recursive: true });
  const deleted = await entry({ side: "dropbox", action: "delete", path: "data" });
  expect(deleted).toMatchObject({ reason: "deleted on disk", undo: "possible" });
  put("data/b.txt", "written again since");
  const { inPlace, beside, missed } = await undone(deleted);
  expect([inPlace, beside.length, missed]).toEqual([3, 1, []]);
  expect(here("data/b.txt")).toBe("written again since");
  expect(here("data/deep/c.txt")).toBe("content of deep/c.txt");
  expect(here(beside[0]?.as ?? "")).toBe("content of b.txt");
  // All of it: what is not sent yet would live on when the folder is deleted in Dropbox.
  await dropboxHas({
    "data/a.txt": "content of a.txt",
    "data/b.txt": "written again since",
    "data/deep/c.txt": "content of deep/c.txt",
    "data/d.txt": "content of d.txt",
    [beside[0]?.as ?? ""]: "content of b.txt",
  });
});

test("a folder that was deleted in Dropbox comes back too, with no application running", async () => {
  await linked.deleteInDropbox("data");
  const deleted = await entry({ side: "workspace", action: "delete", path: "data" });
  expect(existsSync(join(linked.root, "data"))).toBe(false);
  const { applications } = await linked.instance();
  await linked.own.call("POST", `/api/applications/${applications[0]?.id}/stop`);
  await linked.becomes("stopped");
  expect((await undone(deleted)).inPlace).toBe(5);
  expect(namesIn("data")).toContain("a.txt");
  await linked.startApplication();
  await dropboxHas({ "data/a.txt": "content of a.txt" });
});

test("what the platform does is told to all who are in the instance, what a user's sync does to her alone", async () => {
  const file = `/api/instances/${linked.id}/file?${new URLSearchParams({ area: "workspace", path: "uploaded.txt" })}`;
  expect((await linked.own.call("PUT", file, "by hand", { "if-none-match": "*" })).status).toBe(200);
  await entry({ side: "dropbox", path: "uploaded.txt" });
  const seen = await json<ActivityPage>(viewer.call("GET", address()));
  expect(new Set(seen.entries.map(({ side }) => side))).toEqual(new Set(["platform"]));
  expect(seen.entries[0]).toMatchObject({ action: "upload", path: "uploaded.txt", who: "Ada Lovelace" });
});

test("nobody undoes another's, a viewer nothing, and who is not in the instance sees none of it", async () => {
  const mine = await entry({ undo: "possible" });
  expect((await viewer.call("POST", `${address()}/${mine.id}/undo`)).status).toBe(403);
  expect((await stranger.call("GET", address())).status).toBe(404);
  expect((await stranger.call("POST", `${address()}/${mine.id}/undo`)).status).toBe(404);
  const instances = await json<{ id: string }[]>(stranger.call("GET", "/api/instances"));
  const elsewhere = `/api/instances/${instances[0]?.id}/activity`;
  expect((await stranger.call("POST", `${elsewhere}/${mine.id}/undo`)).status).toBe(404);
});

test("pages go on where the one before ended, and hold what a restart must not lose", async () => {
  for (let n = 0; n < 60; n++) put(`many/${n}.txt`, String(n));
  await linked.becomes("up to date");
  await dropboxHas({ "many/59.txt": "59" });
  await linked.own.restart();
  const first = await page();
  expect([first.entries.length, first.more]).toEqual([50, true]);
  const second = await page(first.entries.at(-1)?.id);
  const ids = [...first.entries, ...second.entries].map(({ id }) => Number(id));
  expect(ids).toEqual([...new Set(ids)].sort((a, b) => b - a));
  const paths = [...first.entries, ...second.entries].map(({ path }) => path);
  expect(paths.filter((path) => path.startsWith("many/"))).toHaveLength(60);
});
