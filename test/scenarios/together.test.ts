import { renameSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { World } from "../../apps/cli/test/harness.ts";
import { PATIENT } from "./answers.ts";
import { transfers } from "./scenario.ts";
import { readable } from "./sides.ts";

type Files = Record<string, string | null>;

/** Nobody has anything left to do, and everybody has this. */
async function expectAll(worlds: readonly World[], files: Files): Promise<void> {
  await vi.waitFor(async () => {
    for (const world of worlds) await world.settle();
    for (const world of worlds) {
      expect(readable(world.diskTree())).toEqual(files);
      expect(readable(await world.dropboxTree())).toEqual(files);
    }
  }, PATIENT);
}

/** From now on no file goes up or down any more, however long one looks. */
async function expectNoEcho(worlds: readonly World[]): Promise<void> {
  for (const world of worlds) await world.control("stats", {}, "DELETE");
  for (let look = 0; look < 3; look++) for (const world of worlds) await world.settle();
  for (const world of worlds) expect(await transfers(world)).toEqual([]);
}

describe("a second machine: a folder of its own, the same Dropbox folder", () => {
  let one: World;
  let other: World;
  beforeAll(async () => {
    one = new World();
    await one.begin();
    other = one.beside();
    await other.link();
    await other.ok("start", "--root", other.root, "--remote", "/A/B/C");
  });
  afterAll(async () => {
    await other?.end();
    await one?.end();
  });

  test("what is made, edited, moved and deleted on one is so on the other", async () => {
    one.write("a.txt", "1");
    one.write("d/b.txt", "2");
    await expectAll([one, other], { "a.txt": "1", d: null, "d/b.txt": "2" });
    other.write("a.txt", "edited");
    renameSync(join(other.root, "d"), join(other.root, "e"));
    await expectAll([one, other], { "a.txt": "edited", e: null, "e/b.txt": "2" });
    await expectNoEcho([one, other]);
  });
  test("edited on both while they do not meet: one conflict copy, the same on both", async () => {
    one.write("a.txt", "0");
    await expectAll([one, other], { "a.txt": "0", e: null, "e/b.txt": "2" });
    await one.ok("pause");
    await other.ok("pause");
    one.write("a.txt", "one");
    other.write("a.txt", "other");
    await one.ok("resume");
    await one.settle();
    await other.ok("resume");
    await expectAll([one, other], { "a.txt": "one", "a (conflicted copy).txt": "other", e: null, "e/b.txt": "2" });
    await expectNoEcho([one, other]);
  });
});

describe("co-authors: one folder, each with a Dropbox of their own", () => {
  let ada: World;
  let ben: World;
  beforeAll(async () => {
    ada = new World();
    ada.write("a.txt", "1");
    await ada.begin();
    ben = new World(ada.root);
    await ben.begin();
  });
  afterAll(async () => {
    await ben?.end();
    await ada?.end();
  });

  test("what any of them makes, edits, moves or deletes, all have; nobody takes another's work in progress for a file", async () => {
    await expectAll([ada, ben], { "a.txt": "1" });
    await ada.upload("from-ada.txt", "2");
    await ben.upload("d/from-ben.txt", "3");
    ada.write("from-disk.txt", "4");
    const all = { "a.txt": "1", d: null, "d/from-ben.txt": "3", "from-ada.txt": "2", "from-disk.txt": "4" };
    await expectAll([ada, ben], all);
    await ada.move("d", "e");
    await ben.remove("a.txt");
    await ben.upload("from-ada.txt", "edited by ben");
    await expectAll([ada, ben], {
      e: null,
      "e/from-ben.txt": "3",
      "from-ada.txt": "edited by ben",
      "from-disk.txt": "4",
    });
    await expectNoEcho([ada, ben]);
  });
  test("edited by both in their Dropboxes at once: both versions are with everybody", async () => {
    for (const world of [ada, ben]) await world.ok("pause");
    await ada.upload("from-disk.txt", "ada");
    await ben.upload("from-disk.txt", "ben");
    for (const world of [ada, ben]) await world.ok("resume");
    await vi.waitFor(async () => {
      for (const world of [ada, ben]) await world.settle();
      const files = ada.diskTree();
      expect(
        Object.entries(files)
          .filter(([path]) => path.startsWith("from-disk"))
          .map(([, content]) => content)
          .sort(),
      ).toEqual(["ada", "ben"]);
      for (const world of [ada, ben]) expect(await world.dropboxTree()).toEqual(files);
    }, PATIENT);
    await expectNoEcho([ada, ben]);
  });
});
