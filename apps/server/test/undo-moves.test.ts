import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ActivityEntry, ActivityPage, Undo } from "@twinfold/api";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type LinkedServer, PATIENCE, startLinkedServer } from "./linked-server.ts";
import { invite, json } from "./people.ts";

vi.setConfig({ testTimeout: 60_000 });

let linked: LinkedServer;
beforeAll(async () => {
  linked = await startLinkedServer();
  await linked.startApplication();
  await linked.becomes("up to date");
}, 120_000);
afterAll(() => linked.dispose());

const at = (path: string) => join(linked.root, path);
function put(path: string, content: string): void {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), content);
}
const read = (path: string) => (existsSync(at(path)) ? readFileSync(at(path), "utf8") : null);
const address = (what: string) => `/api/instances/${linked.id}/${what}`;
const move = (from: string, to: string) =>
  json(linked.own.call("POST", address("move"), { area: "workspace", from, to }));
const undo = ({ id }: ActivityEntry) => linked.own.call("POST", address(`activity/${id}/undo`));
const moved = (from: string, path: string, side: ActivityEntry["side"] = "platform") =>
  vi.waitFor(async () => {
    const { entries } = await json<ActivityPage>(linked.own.call("GET", address("activity")));
    const found = entries.find((one) => one.side === side && one.path === path && one.from === from);
    if (found === undefined) throw new Error(`no move from ${from} to ${path}: ${JSON.stringify(entries)}`);
    return found;
  }, PATIENCE);
const becomesInDropbox = (tree: Record<string, string | null>) =>
  vi.waitFor(async () => expect(await linked.inDropbox()).toMatchObject(tree), PATIENCE);

test("a move on the pages is taken back, into folders that have gone since, and that is a move itself", async () => {
  put("one/deep/report.txt", "1");
  mkdirSync(at("two"));
  await move("one/deep/report.txt", "two/renamed.txt");
  rmSync(at("one"), { recursive: true });
  const entry = await moved("one/deep/report.txt", "two/renamed.txt");
  expect(entry.undo).toBe("possible");
  expect((await undo(entry)).status).toBe(202);
  expect([read("one/deep/report.txt"), read("two/renamed.txt")]).toEqual(["1", null]);
  expect((await moved("one/deep/report.txt", "two/renamed.txt")).undo).toBe("done");
  expect(await json(undo(entry))).toMatchObject({ error: { code: "undone" } });
  const { undos } = await json<{ undos: Undo[] }>(linked.own.call("GET", address("undos")));
  expect(undos).toEqual([expect.objectContaining({ path: "one/deep/report.txt", state: "done", inPlace: 1 })]);
  const back = await moved("two/renamed.txt", "one/deep/report.txt");
  expect(back).toMatchObject({ reason: "its move was undone", undo: "possible" });
  expect((await undo(back)).status).toBe(202);
  expect(read("two/renamed.txt")).toBe("1");
});

test("a move that sync carried out is taken back on both sides, whichever it came from", async () => {
  put("folder/a.txt", "1");
  await becomesInDropbox({ "folder/a.txt": "1" });
  renameSync(at("folder"), at("elsewhere"));
  await becomesInDropbox({ "elsewhere/a.txt": "1" });
  expect((await undo(await moved("folder", "elsewhere", "dropbox"))).status).toBe(202);
  expect(read("folder/a.txt")).toBe("1");
  await vi.waitFor(async () => expect(Object.keys(await linked.inDropbox())).not.toContain("elsewhere"), PATIENCE);
  await becomesInDropbox({ "folder/a.txt": "1" });
});

test("what is not there any more, or is another, is left alone, and so is what has the former name now", async () => {
  const refused = async (entry: ActivityEntry) => (await json<{ error: { code: string } }>(undo(entry))).error.code;
  put("a.txt", "a");
  await move("a.txt", "b.txt");
  const first = await moved("a.txt", "b.txt");
  put("a.txt", "new");
  expect(await refused(first)).toBe("exists");
  expect([read("a.txt"), read("b.txt")]).toEqual(["new", "a"]);

  rmSync(at("a.txt"));
  await move("b.txt", "c.txt");
  put("b.txt", "another");
  expect(await refused(first)).toBe("moved-on");
  expect([read("a.txt"), read("b.txt"), read("c.txt")]).toEqual([null, "another", "a"]);

  const second = await moved("b.txt", "c.txt");
  rmSync(at("b.txt"));
  rmSync(at("c.txt"));
  expect(["not-found", "moved-on"]).toContain(await refused(second));
  const viewer = await invite(linked.own, "instance", linked.id, "grace@example.org", "instance viewer");
  expect((await viewer.call("POST", address(`activity/${second.id}/undo`))).status).toBe(403);
});
