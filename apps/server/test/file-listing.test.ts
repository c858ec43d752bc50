import { mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EntrySync, FileListing } from "@twinfold/api";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type LinkedServer, PATIENCE, startLinkedServer } from "./linked-server.ts";
import { invite, json } from "./people.ts";

let linked: LinkedServer;
beforeAll(async () => {
  linked = await startLinkedServer();
});
afterAll(() => linked.dispose());

const address = (query: Record<string, string>) => `/api/instances/${linked.id}/files?${new URLSearchParams(query)}`;
const list = (query: Record<string, string> = {}) => json<FileListing>(linked.own.call("GET", address(query)));
const put = (path: string, content = "x") => {
  mkdirSync(join(linked.root, path, ".."), { recursive: true });
  writeFileSync(join(linked.root, path), content);
};
async function states(path = ""): Promise<Record<string, EntrySync["state"] | null>> {
  const { entries } = await list({ path });
  return Object.fromEntries(entries.map(({ name, sync }) => [name, sync?.state ?? null]));
}

test("a large folder is listed in parts, in the order in which people count, and is told whole", async () => {
  for (let n = 1; n <= 1_200; n++) put(`many/plot ${n}.png`);
  put("many/.hidden");
  mkdirSync(join(linked.root, "many/zoo"));
  const first = await list({ path: "many", limit: "3" });
  expect(first.total).toBe(1_202);
  expect(first.entries.map(({ name }) => name)).toEqual(["zoo", ".hidden", "plot 1.png"]);
  const later = await list({ path: "many", limit: "2", offset: "1199", hidden: "no" });
  expect([later.total, ...later.entries.map(({ name }) => name)]).toEqual([1_201, "plot 1199.png", "plot 1200.png"]);
  expect((await list({ path: "many", find: "LOT 120" })).entries.map(({ name }) => name)).toEqual([
    "plot 120.png",
    "plot 1200.png",
  ]);
  // More than is given at a time is never given, and what comes in or goes is seen at the next look.
  expect((await linked.own.call("GET", address({ path: "many", limit: "100000" }))).status).toBe(400);
  renameSync(join(linked.root, "many/zoo"), join(linked.root, "zoo"));
  expect((await list({ path: "many" })).total).toBe(1_201);
});

test("each entry says how it stands with the user's Dropbox, and why, while a session runs", async () => {
  put("in sync.txt");
  put("deep/er/in sync.txt");
  put(".mignore", "*.log\n");
  put("noise.log");
  symlinkSync("in sync.txt", join(linked.root, "link"));
  expect(await states()).toMatchObject({ "in sync.txt": null });
  await linked.startApplication();
  // For the link alone.
  await linked.becomes("needs attention");
  expect(await states()).toMatchObject({
    "in sync.txt": "in sync",
    deep: "in sync",
    "noise.log": "ignored",
    link: "not synced",
  });
  const { entries } = await list();
  const why = (name: string) => entries.find((entry) => entry.name === name)?.sync?.reason;
  expect(why("noise.log")).toBe("ignored by line 1 of .mignore: *.log");
  expect(why("link")).toContain("symbolic link");

  // What is in a folder shows at the folder, all the way up.
  symlinkSync("in sync.txt", join(linked.root, "deep/er/link"));
  await vi.waitFor(async () => expect(await states()).toMatchObject({ deep: "not synced" }), PATIENCE);
  expect((await list()).entries.find(({ name }) => name === "deep")?.sync?.reason).toBe(
    "1 item in it: not synced (er/link)",
  );
  expect(await states("deep")).toEqual({ er: "not synced" });
  expect(await states("deep/er")).toEqual({ "in sync.txt": "in sync", link: "not synced" });
});

test("both versions of a conflict are told apart", async () => {
  await linked.own.call("POST", `/api/instances/${linked.id}/sync`, { command: "pause" });
  await linked.becomes("paused");
  // Nothing is carried over then, but how each stands is known, also of what comes meanwhile.
  const stood = { "in sync.txt": "in sync", deep: "not synced", "noise.log": "ignored", link: "not synced" };
  expect(await states()).toMatchObject(stood);
  put("in sync.txt", "mine");
  put("meanwhile.txt");
  await vi.waitFor(
    async () =>
      expect(await states()).toMatchObject({ ...stood, "in sync.txt": "pending", "meanwhile.txt": "pending" }),
    PATIENCE,
  );
  await linked.putInDropbox("in sync.txt", "theirs");
  await linked.own.call("POST", `/api/instances/${linked.id}/sync`, { command: "resume" });
  const copy = expect.stringMatching(/conflicted copy/);
  await vi.waitFor(async () => {
    const conflicts = Object.entries(await states()).filter(([, state]) => state === "conflict");
    expect(conflicts).toEqual([[copy, "conflict"]]);
  }, PATIENCE);
});

test("each entry says what has become of it since the last snapshot, and the text from then is to be had", async () => {
  expect((await list()).since).toBeNull();
  put("notes.txt", "then");
  const { id } = await json<{ id: string }>(
    linked.own.call("POST", `/api/instances/${linked.id}/snapshots`, { note: "" }),
  );
  put("notes.txt", "and now");
  put("fresh.txt");
  const { entries, since } = await list();
  expect(since?.id).toBe(id);
  const marks = Object.fromEntries(entries.map(({ name, mark }) => [name, mark]));
  expect(marks).toMatchObject({ "notes.txt": "changed", "fresh.txt": "new", "noise.log": "unchanged", deep: null });
  const then = (path: string, instance = linked.id) =>
    linked.own.call("GET", `/api/instances/${instance}/snapshots/${id}/file?${new URLSearchParams({ path })}`);
  expect(await (await then("notes.txt")).text()).toBe("then");
  expect((await then("notes.txt")).headers.get("content-disposition")).toBe("attachment");
  expect((await then("fresh.txt")).status).toBe(404);
  expect((await then("../notes.txt")).status).toBe(404);
  expect((await then("notes.txt", "elsewhere")).status).toBe(404);
});

test("one without a session of her own sees the files and no states; whoever is in no instance sees nothing", async () => {
  const viewer = await invite(linked.own, "instance", linked.id, "grace@example.org", "instance viewer");
  const seen = await json<FileListing>(viewer.call("GET", address({})));
  expect(seen.entries.map(({ name }) => name)).toContain("in sync.txt");
  expect(seen.entries.every(({ sync }) => sync === null)).toBe(true);
  expect((await viewer.call("GET", "/api/instances/elsewhere/files")).status).toBe(404);
  expect((await linked.own.call("GET", address({ path: "../personal" }))).status).toBe(400);
  expect((await linked.own.call("GET", address({ path: "link" }))).status).toBe(400);
});
