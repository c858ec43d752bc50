import { mkdirSync, readdirSync, renameSync, rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { World } from "./harness.ts";

let world: World;
const at = (path: string) => join(world.root, path);

/** Both sides are at rest and the same. */
async function expectBoth(tree: Record<string, string | null>): Promise<void> {
  await world.settle();
  expect(world.diskTree()).toEqual(tree);
  expect(await world.dropboxTree()).toEqual(tree);
}

async function expectSame(): Promise<Record<string, string | null>> {
  await world.settle();
  const tree = world.diskTree();
  expect(await world.dropboxTree()).toEqual(tree);
  return tree;
}

async function clear(): Promise<void> {
  await world.settle();
  for (const name of readdirSync(world.root)) if (name !== ".twinfold") rmSync(at(name), { recursive: true });
  await expectBoth({});
}

beforeAll(async () => {
  world = new World();
  await world.begin();
});
afterAll(() => world.end());

describe("changes on one side appear on the other", () => {
  test("files, nested and empty folders, edits and deletions made on disk", async () => {
    world.write("a.txt", "1");
    world.write("d/e/deep.txt", "2");
    mkdirSync(at("empty"));
    await expectBoth({ "a.txt": "1", d: null, "d/e": null, "d/e/deep.txt": "2", empty: null });
    world.write("a.txt", "edited");
    rmSync(at("d/e"), { recursive: true });
    await expectBoth({ "a.txt": "edited", d: null, empty: null });
    await clear();
  });
  test("files, folders, edits, moves and deletions made in Dropbox", async () => {
    await world.upload("a.txt", "1");
    await world.upload("d/deep.txt", "2");
    await expectBoth({ "a.txt": "1", d: null, "d/deep.txt": "2" });
    await world.upload("a.txt", "edited");
    await world.move("d", "moved");
    await expectBoth({ "a.txt": "edited", moved: null, "moved/deep.txt": "2" });
    await world.remove("moved");
    await expectBoth({ "a.txt": "edited" });
    await clear();
  });
  test("a folder that came from Dropbox is watched: what is made in it is not left to the next sweep", async () => {
    await world.upload("d/e/theirs", "1");
    await expect.poll(() => world.diskTree()["d/e/theirs"], { timeout: 20_000 }).toBe("1");
    // Nobody asks the engine to look: wait and stop would.
    world.write("d/ours", "2");
    world.write("d/e/ours", "3");
    await expect.poll(() => world.dropboxTree(), { timeout: 20_000 }).toMatchObject({ "d/ours": "2", "d/e/ours": "3" });
    await world.move("d", "moved");
    await expect.poll(() => world.diskTree()["moved/e/ours"], { timeout: 20_000 }).toBe("3");
    world.write("moved/e/more", "4");
    await expect.poll(() => world.dropboxTree(), { timeout: 20_000 }).toMatchObject({ "moved/e/more": "4" });
    await clear();
  });
  test("a folder renamed on disk keeps the ids of what is in it: it is a move", async () => {
    world.write("d/one", "1");
    await world.settle();
    const before = (await world.api("files/get_metadata", { path: "/A/B/C/d/one" })) as { id: string };
    renameSync(at("d"), at("renamed"));
    await expectBoth({ renamed: null, "renamed/one": "1" });
    const after = (await world.api("files/get_metadata", { path: "/A/B/C/renamed/one" })) as { id: string };
    expect(after.id).toBe(before.id);
    await clear();
  });
  test("two files that exchange their names", async () => {
    world.write("a", "1");
    world.write("b", "2");
    await world.settle();
    renameSync(at("a"), at("x"));
    renameSync(at("b"), at("a"));
    renameSync(at("x"), at("b"));
    await expectBoth({ a: "2", b: "1" });
    await clear();
  });
  test("an editor that saves by renaming a new file over the old one makes an edit, not another file", async () => {
    world.write("note", "1");
    await world.settle();
    const before = (await world.api("files/get_metadata", { path: "/A/B/C/note" })) as { id: string };
    // On a busy machine the time between these two is long enough for an upload.
    await world.ok("pause");
    world.write(".note.swp", "2");
    renameSync(at(".note.swp"), at("note"));
    await world.ok("resume");
    await expectBoth({ note: "2" });
    const after = (await world.api("files/get_metadata", { path: "/A/B/C/note" })) as { id: string };
    expect(after.id).toBe(before.id);
    await clear();
  });
  test("modification times are kept, in whole seconds", async () => {
    world.write("old", "1");
    utimesSync(at("old"), 1_000_000_000, 1_000_000_000);
    await world.settle();
    const there = (await world.api("files/get_metadata", { path: "/A/B/C/old" })) as { client_modified: string };
    expect(there.client_modified).toBe("2001-09-09T01:46:40Z");
    await clear();
  });
});

describe("both sides changed", () => {
  test("other content on both sides: both versions are on both sides", async () => {
    world.write("a.txt", "0");
    await world.settle();
    await world.ok("pause");
    world.write("a.txt", "disk");
    await world.upload("a.txt", "dropbox");
    await world.ok("resume");
    const tree = await expectSame();
    expect(Object.values(tree).sort()).toEqual(["disk", "dropbox"]);
    expect(tree["a.txt"]).toBe("dropbox");
    expect(JSON.parse(await world.ok("conflicts", "--json"))).toHaveLength(1);
    await clear();
  });
  test("edited on disk, moved in Dropbox: the edit follows", async () => {
    world.write("a.txt", "0");
    await world.settle();
    await world.ok("pause");
    world.write("a.txt", "edited");
    await world.move("a.txt", "b.txt");
    await world.ok("resume");
    await expectBoth({ "b.txt": "edited" });
    await clear();
  });
  test("deleted on disk, edited in Dropbox: the edit lives", async () => {
    world.write("a.txt", "0");
    await world.settle();
    await world.ok("pause");
    rmSync(at("a.txt"));
    await world.upload("a.txt", "edited");
    await world.ok("resume");
    await expectBoth({ "a.txt": "edited" });
    await clear();
  });
});

describe("the ignore file", () => {
  test("keeps matching files out, both ways, from the moment it is saved", async () => {
    world.write("kept.log", "was synced before");
    await world.settle();
    world.write(".mignore", "*.log\nbuild/\n");
    await world.settle();
    world.write("a.log", "1");
    world.write("build/out", "1");
    await world.upload("b.log", "2");
    await world.upload("plain", "3");
    await world.settle();
    expect(Object.keys(world.diskTree())).toEqual([".mignore", "a.log", "build", "build/out", "kept.log", "plain"]);
    expect(Object.keys(await world.dropboxTree())).toEqual([".mignore", "b.log", "kept.log", "plain"]);
    const why = JSON.parse(await world.ok("why", "a.log", "--json")) as { state: string; rule: { line: number } };
    expect(why).toMatchObject({ state: "ignored", rule: { line: 1, pattern: "*.log" } });
    rmSync(at(".mignore"));
    const tree = await expectSame();
    expect(Object.keys(tree)).toEqual(["a.log", "b.log", "build", "build/out", "kept.log", "plain"]);
    await clear();
  });
});

describe("stopping, and ending without a word", () => {
  test("what changed on either side meanwhile is reconciled at the next start", async () => {
    world.write("a", "1");
    world.write("b", "1");
    await world.settle();
    await world.ok("stop");
    expect(JSON.parse(await world.ok("status", "--json"))).toMatchObject({ state: "stopped" });
    expect(readdirSync(world.root)).not.toContain(".twinfold");
    renameSync(at("a"), at("c"));
    await world.upload("b", "2");
    await world.upload("new", "3");
    await world.ok("start");
    await expectBoth({ b: "2", c: "1", new: "3" });
    await clear();
  });
  test("a change just before stop is flushed", async () => {
    world.write("last", "words");
    await world.ok("stop");
    expect(await world.dropboxTree()).toEqual({ last: "words" });
    await world.ok("start");
    await clear();
  });
  test("killed at any moment, it goes on as if nothing had happened", async () => {
    for (let round = 0; round < 4; round++) {
      for (let i = 0; i < 40; i++) world.write(`r${round}/${i}`, `${round} ${i}`);
      await world.upload(`up${round}`, `${round}`);
      process.kill(world.daemonPid(), "SIGKILL");
      await world.ok("start");
    }
    const tree = await expectSame();
    expect(Object.values(tree).filter((one) => one !== null)).toHaveLength(4 * 41);
    expect(Object.keys(tree).filter((path) => path.includes("conflict"))).toEqual([]);
    await world.ok("stop");
    for (let round = 0; round < 4; round++) rmSync(at(`r${round}`), { recursive: true });
    await world.ok("start");
    // More than a hundred files at once: held until a person says so.
    expect((await world.run(["wait", "--timeout", "3"])).code).toBe(1);
    expect(JSON.parse(await world.ok("status", "--json"))).toMatchObject({ state: "needs attention" });
    expect(Object.keys(await world.dropboxTree())).toContain("r0/1");
    await world.ok("held", "apply");
    await expectSame();
    await clear();
  });
  test("without its state it compares by content: no deletions, no copies", async () => {
    world.write("a", "1");
    world.write("d/b", "2");
    await world.settle();
    await world.ok("stop");
    rmSync(join(world.home, "state"), { recursive: true });
    rmSync(at("a"));
    await world.ok("start");
    await expectBoth({ a: "1", d: null, "d/b": "2" });
    await clear();
  });
});

test("plan says what would be done and why, and does nothing", async () => {
  await world.ok("pause");
  world.write("a", "1");
  await expect
    .poll(async () => (JSON.parse(await world.ok("plan", "--json")) as { operations: unknown[] }).operations, {
      timeout: 20_000,
    })
    .toMatchObject([{ action: "upload", path: "a", reason: "new on disk" }]);
  expect(await world.dropboxTree()).toEqual({});
  await world.ok("resume");
  await expectBoth({ a: "1" });
  await clear();
});
