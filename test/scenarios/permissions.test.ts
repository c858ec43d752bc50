import { chmodSync, statSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { World } from "../../apps/cli/test/harness.ts";
import { status, until, why } from "./answers.ts";
import { atRest, expectBoth, expectNow, inOneWorld, scenario, theWorld } from "./scenario.ts";
import { type Action, inRoot, move, remove, write } from "./sides.ts";

/** Root reads everything, unless it gives up what lets it. */
const WITHOUT_OVERRIDE = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--"];

inOneWorld((world) => {
  if (userInfo().uid === 0) world.through = WITHOUT_OVERRIDE;
});

const chmod = (path: string, mode: number): Action => inRoot((at) => chmodSync(at(path), mode));

/** What is closed is opened again, so that the next test can clear it away. */
async function whileClosed(world: World, path: string, mode: number, body: () => Promise<void>): Promise<void> {
  const there = join(world.root, path);
  const before = statSync(there).mode;
  chmodSync(there, mode);
  try {
    await body();
  } finally {
    chmodSync(there, before);
  }
}

describe("what can't be read is not deleted", () => {
  test("the root: the engine stops and says so, and goes on when it can be read again", async () => {
    const world = theWorld();
    await atRest(world, { "a.txt": "1", "d/b.txt": "2" });
    await whileClosed(world, "", 0o000, async () => {
      await world.upload("a.txt", "edited");
      await until(world, { state: "needs attention" });
      expect((await world.run(["wait", "--timeout", "1"])).code).toBe(1);
      expect(await world.dropboxTree()).toMatchObject({ "a.txt": "edited", "d/b.txt": "2" });
    });
    await expectBoth(world, { "a.txt": "edited", "d/b.txt": "2" });
  });
  for (const mode of ["running", "stopped"] as const) {
    test(`a folder: it stays in Dropbox as it is, and the rest goes on (engine ${mode})`, async () => {
      const world = theWorld();
      await atRest(world, { "a.txt": "1", "d/b.txt": "2", "d/e/c.txt": "3" });
      if (mode === "stopped") await world.ok("stop");
      await whileClosed(world, "d", 0o000, async () => {
        if (mode === "stopped") await world.ok("start");
        world.write("a.txt", "edited");
        await world.settle();
        expect(await world.dropboxTree()).toEqual({
          "a.txt": "edited",
          d: null,
          "d/b.txt": "2",
          "d/e": null,
          "d/e/c.txt": "3",
        });
      });
      world.write("d/b.txt", "edited");
      await expectBoth(world, { "a.txt": "edited", "d/b.txt": "edited", "d/e/c.txt": "3" });
    });
  }
  test("a file: it is listed with the reason, the rest goes on, and it is sent once it can be read", async () => {
    const world = theWorld();
    await atRest(world, { "a.txt": "1" });
    await whileClosed(world, "a.txt", 0o200, async () => {
      world.write("a.txt", "edited");
      writeFileSync(join(world.root, "new.txt"), "2", { mode: 0o200 });
      world.write("other.txt", "3");
      await world.settle();
      expect(await world.dropboxTree()).toEqual({ "a.txt": "1", "other.txt": "3" });
      expect(await status(world)).toMatchObject({ state: "needs attention", notSynced: 2 });
      for (const path of ["a.txt", "new.txt"]) {
        expect(await why(world, path)).toMatchObject({
          state: "not synced",
          reason: expect.stringMatching(/permissions/),
          fix: { cause: "unreadable" },
        });
      }
    });
    chmodSync(join(world.root, "new.txt"), 0o600);
    await expectBoth(world, { "a.txt": "edited", "new.txt": "2", "other.txt": "3" });
  });
});

describe("read-only", () => {
  scenario("a file: it is sent; edited in Dropbox, it is replaced, and stays read-only", {
    given: {},
    while: "running",
    disk: [write("a.txt", "1"), chmod("a.txt", 0o444)],
    outcome: { "a.txt": "1" },
    and: async (world) => {
      await world.upload("a.txt", "2");
      await expectBoth(world, { "a.txt": "2" });
      expect(statSync(join(world.root, "a.txt")).mode & 0o777).toBe(0o444);
    },
  });
  test("a folder: what Dropbox has for it waits and is listed, the rest goes on; it comes once the folder takes it", async () => {
    const world = theWorld();
    await atRest(world, { "d/a.txt": "1", "d/b.txt": "2", "d/c.txt": "3" });
    await whileClosed(world, "d", 0o555, async () => {
      await world.upload("d/a.txt", "edited");
      await world.remove("d/b.txt");
      await world.upload("d/new.txt", "4");
      await world.upload("other.txt", "5");
      world.write("d/c.txt", "edited here");
      await world.settle();
      await expectNow(world, {
        onDisk: { "d/a.txt": "1", "d/b.txt": "2", "d/c.txt": "edited here", "other.txt": "5" },
        inDropbox: { "d/a.txt": "edited", "d/c.txt": "edited here", "d/new.txt": "4", "other.txt": "5" },
      });
      expect(await status(world)).toMatchObject({ state: "needs attention", notSynced: 3 });
      expect(await why(world, "d/a.txt")).toMatchObject({
        state: "not synced",
        reason: expect.stringMatching(/permissions/),
        fix: { cause: "refused by disk" },
      });
    });
    await expectBoth(world, { "d/a.txt": "edited", "d/c.txt": "edited here", "d/new.txt": "4", "other.txt": "5" });
  });
});

describe("read-only, and gone or elsewhere in Dropbox", () => {
  scenario("files: they are deleted and moved like any other, and stay read-only", {
    while: ["running", "stopped"],
    given: { a: "1", "d/b": "2", c: "3" },
    disk: [chmod("a", 0o444), chmod("d/b", 0o400), chmod("c", 0o444)],
    dropbox: [remove("a"), move("d/b", "e/b"), move("c", "e/c"), write("e/c", "4")],
    outcome: { "d/": "", "e/b": "2", "e/c": "4" },
    and: async (world) => {
      expect(statSync(join(world.root, "e/b")).mode & 0o777).toBe(0o400);
      expect(statSync(join(world.root, "e/c")).mode & 0o777).toBe(0o444);
    },
  });
  scenario("a folder: it is renamed like any other, and stays read-only", {
    given: { "d/a": "1" },
    disk: [chmod("d", 0o555)],
    dropbox: [move("d", "e")],
    outcome: { "e/a": "1" },
    kept: { d: "e" },
    and: async (world) => expect(statSync(join(world.root, "e")).mode & 0o777).toBe(0o555),
  });
  test("a folder: what is in it stays when it is deleted in Dropbox, and that is said; it goes once the folder lets it", async () => {
    const world = theWorld();
    await atRest(world, { "d/a": "1", b: "2" });
    await whileClosed(world, "d", 0o555, async () => {
      await world.remove("d");
      await world.settle();
      await expectNow(world, { onDisk: { "d/a": "1", b: "2" }, inDropbox: { b: "2" } });
      expect(await why(world, "d/a")).toMatchObject({
        state: "not synced",
        reason: expect.stringMatching(/permissions/),
        fix: { cause: "refused by disk" },
      });
    });
    await expectBoth(world, { b: "2" });
  });
});

describe("the executable bit", () => {
  scenario("of a file that is edited in Dropbox stays", {
    given: { "run.sh": "1" },
    while: "running",
    disk: [chmod("run.sh", 0o755), async (_, world) => world.settle()],
    dropbox: [write("run.sh", "2")],
    outcome: { "run.sh": "2" },
    and: async (world) => expect(statSync(join(world.root, "run.sh")).mode & 0o777).toBe(0o755),
  });
  scenario("given or taken is no edit: nothing is sent", {
    given: { "run.sh": "1", "d/a": "2" },
    while: ["running", "stopped"],
    disk: [chmod("run.sh", 0o755), chmod("d", 0o700)],
    outcome: { "run.sh": "1", "d/a": "2" },
    noTransfer: true,
  });
});
