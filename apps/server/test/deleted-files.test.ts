import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ActivityEntry, ActivityPage, Undo } from "@twinfold/api";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { PATIENCE } from "./linked-server.ts";
import { type OwnServer, startOwnServer } from "./own-server.ts";
import { invite, json, type Person } from "./people.ts";

let own: OwnServer;
let id: string;
beforeAll(async () => {
  own = await startOwnServer();
  id = await own.firstInstance();
});
afterAll(() => own.dispose());

const at = (path: string) => join(own.folder, "files", id, path);
const address = (what: string, instance = id) => `/api/instances/${instance}/${what}`;

test("whoever may change the files brings back what was deleted; a viewer sees it only, and others nothing", async () => {
  await own.call("PUT", address("file?area=workspace&path=a.txt"), "kept");
  const gone = await json<{ id: string }>(own.call("POST", address("delete"), { area: "workspace", path: "a.txt" }));
  expect(existsSync(at("a.txt"))).toBe(false);
  const item = { area: "workspace", id: gone.id };
  const viewer = await invite(own, "instance", id, "grace@example.org", "instance viewer");
  expect(await json(viewer.call("GET", address("deleted")))).toMatchObject({ items: [{ id: gone.id, path: "a.txt" }] });
  for (const act of ["deleted/bring-back", "deleted/forget"]) {
    expect((await viewer.call("POST", address(act), item)).status).toBe(403);
    expect((await own.call("POST", address(act, "elsewhere"), item)).status).toBe(404);
    expect((await own.call("POST", address(act), { ...item, id: "../../../files" })).status).toBe(400);
    // What one deleted of her own files is nobody else's.
    expect((await viewer.call("POST", address(act), { ...item, area: "personal" })).status).toBe(404);
  }
  expect((await own.call("GET", address("deleted", "elsewhere"))).status).toBe(404);
  await own.restart();
  expect(await json(own.call("POST", address("deleted/bring-back"), item))).toEqual({ path: "a.txt" });
  expect(existsSync(at("a.txt"))).toBe(true);
});

const activity = async (path: string) => {
  const { entries } = await json<ActivityPage>(own.call("GET", address("activity")));
  return entries.find((one) => one.action === "delete" && one.path === path);
};
async function deleted(path: string): Promise<{ readonly id: string; readonly entry: ActivityEntry }> {
  const { id: gone } = await json<{ id: string }>(own.call("POST", address("delete"), { area: "workspace", path }));
  const entry = await vi.waitFor(async () => {
    const found = await activity(path);
    if (found === undefined) throw new Error("its entry is not there yet");
    return found;
  }, PATIENCE);
  return { id: gone, entry };
}
const write = (path: string, content: string) => own.call("PUT", address(`file?area=workspace&path=${path}`), content);
const undo = (by: Pick<OwnServer, "call"> | Person, { id: entry }: ActivityEntry) =>
  by.call("POST", address(`activity/${entry}/undo`));

test("its entry in the activity is undone by whoever may change the files, also where no Dropbox is linked", async () => {
  const editor = await invite(own, "instance", id, "mary@example.org", "instance editor");
  const viewer = await invite(own, "instance", id, "joan@example.org", "instance viewer");
  await own.call("POST", address("folder"), { area: "workspace", path: "folder" });
  await write("folder/b.txt", "hers");
  const { entry } = await deleted("folder");
  expect(entry).toMatchObject({ side: "platform", undo: "possible" });
  expect((await undo(viewer, entry)).status).toBe(403);
  const begun = await undo(editor, entry);
  expect(begun.status).toBe(202);
  expect(readFileSync(at("folder/b.txt"), "utf8")).toBe("hers");
  const { undos } = await json<{ undos: Undo[] }>(editor.call("GET", address("undos")));
  expect(undos).toEqual([expect.objectContaining({ path: "folder", state: "done", total: 1, inPlace: 1 })]);
  expect((await activity("folder"))?.undo).toBe("done");
  expect((await undo(own, entry)).status).toBe(409);
});

test("what is there again meanwhile stays, and what was deleted comes beside it", async () => {
  await write("c.txt", "old");
  const { entry } = await deleted("c.txt");
  await write("c.txt", "new");
  const { id: begun } = await json<{ id: string }>(undo(own, entry));
  const { undos } = await json<{ undos: Undo[] }>(own.call("GET", address("undos")));
  const { beside } = undos.find((one) => one.id === begun) ?? { beside: null };
  expect(beside).toEqual({ count: 1, files: [{ path: "c.txt", as: "c (2).txt" }] });
  expect([readFileSync(at("c.txt"), "utf8"), readFileSync(at("c (2).txt"), "utf8")]).toEqual(["new", "old"]);
});

test("what came back, or went for good, by the Files page is no more to be undone", async () => {
  await write("d.txt", "d");
  const back = await deleted("d.txt");
  await own.call("POST", address("deleted/bring-back"), { area: "workspace", id: back.id });
  expect((await activity("d.txt"))?.undo).toBe("done");
  await write("e.txt", "e");
  const gone = await deleted("e.txt");
  await own.call("POST", address("deleted/forget"), { area: "workspace", id: gone.id });
  expect((await activity("e.txt"))?.undo).toBe(null);
  expect((await undo(own, gone.entry)).status).toBe(409);
});

test("what stepped aside for an upload that the server's end cut short is in its place when the server is there again", async () => {
  const kept = join(own.folder, "files/.deleted", id, randomUUID());
  mkdirSync(kept, { recursive: true });
  const known = { path: "h.txt", kind: "file", at: Math.floor(Date.now() / 1000), replacedBy: "" };
  writeFileSync(join(kept, "about.json"), JSON.stringify(known));
  writeFileSync(join(kept, "item"), "half uploaded");
  writeFileSync(join(kept, "item-aside"), "the work of years");
  await own.restart();
  expect(readFileSync(at("h.txt"), "utf8")).toBe("the work of years");
});

test("what an upload replaced comes back by its entry in the activity, and beside what is newer", async () => {
  const entryOf = (path: string) =>
    vi.waitFor(async () => {
      const { entries } = await json<ActivityPage>(own.call("GET", address("activity")));
      const found = entries.find((one) => one.action === "upload" && one.path === path && one.undo !== null);
      if (found === undefined) throw new Error("its entry is not there yet");
      return found;
    }, PATIENCE);
  await write("f.txt", "old");
  await write("f.txt", "new");
  const entry = await entryOf("f.txt");
  expect(entry).toMatchObject({ side: "platform", undo: "possible", reason: "it replaced what was there" });
  expect((await undo(own, entry)).status).toBe(202);
  expect(readFileSync(at("f.txt"), "utf8")).toBe("old");
  expect((await entryOf("f.txt")).undo).toBe("done");
  // What it replaced is kept in turn.
  const { items } = await json<{ items: { path: string; replaced: boolean; id: string }[] }>(
    own.call("GET", address("deleted")),
  );
  const kept = items.find(({ path }) => path === "f.txt");
  expect(kept?.replaced).toBe(true);
  await own.call("POST", address("deleted/bring-back"), { area: "workspace", id: kept?.id });
  expect(readFileSync(at("f.txt"), "utf8")).toBe("new");

  await write("g.txt", "old");
  await write("g.txt", "newer");
  const second = await entryOf("g.txt");
  writeFileSync(at("g.txt"), "newest");
  expect((await undo(own, second)).status).toBe(202);
  expect([readFileSync(at("g.txt"), "utf8"), readFileSync(at("g (2).txt"), "utf8")]).toEqual(["newest", "old"]);
});
