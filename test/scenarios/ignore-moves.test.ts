import { describe, expect, test } from "vitest";
import { status, why } from "./answers.ts";
import { atRest, bothWays, expectBoth, inOneWorld, scenario, theWorld } from "./scenario.ts";
import { move, remove, write } from "./sides.ts";

/** Both while the engine hears of it at once, and while it finds all of it at its next start. */
const ALWAYS = { while: ["running", "stopped"] } as const;
const LOGS = { ".mignore": "*.log\n" };
const BUILD = { ".mignore": "build/\n" };

inOneWorld();

describe("moves over the border", () => {
  bothWays((here, there) => `an ignored file moved to a name that is synced ${here} is new ${there}`, {
    ...ALWAYS,
    given: { here: { ...LOGS, "a.log": "1" }, there: { ...LOGS, "a.log": "2" } },
    here: [move("a.log", "a.txt")],
    outcome: { here: { ...LOGS, "a.txt": "1" }, there: { ...LOGS, "a.txt": "1", "a.log": "2" } },
  });
  bothWays((here, there) => `an ignored folder moved to a name that is synced ${here} is new ${there}`, {
    ...ALWAYS,
    given: { here: { ...BUILD, "build/d/out": "1" }, there: BUILD },
    here: [move("build", "dist")],
    outcome: { ...BUILD, "dist/d/out": "1" },
  });
  bothWays(
    (here) => `a synced file moved to an ignored name ${here}: the other moves along, then both are left alone`,
    {
      ...ALWAYS,
      given: { ...LOGS, "a.txt": "1" },
      here: [move("a.txt", "a.log")],
      outcome: { ...LOGS, "a.log": "1" },
      kept: { "a.txt": "a.log" },
      noTransfer: true,
      and: async (world) => {
        expect(await why(world, "a.log")).toMatchObject({ state: "ignored", rule: { pattern: "*.log" } });
        world.write("a.log", "disk");
        await world.upload("a.log", "dropbox");
        await expectBoth(world, {
          onDisk: { ...LOGS, "a.log": "disk" },
          inDropbox: { ...LOGS, "a.log": "dropbox" },
        });
      },
    },
  );
  bothWays(
    (here) => `a synced folder moved to an ignored name ${here}: the other moves along, with all that is in it`,
    {
      ...ALWAYS,
      given: { ...BUILD, "dist/d/out": "1" },
      here: [move("dist", "build")],
      outcome: { ...BUILD, "build/d/out": "1" },
      kept: { dist: "build", "dist/d/out": "build/d/out" },
      noTransfer: true,
    },
  );
  scenario(
    "a synced file moved on disk into an ignored folder that is not in Dropbox: the one there stays, and that is said",
    {
      ...ALWAYS,
      given: { onDisk: { ...BUILD, "a.txt": "1", "build/out": "2" }, inDropbox: { ...BUILD, "a.txt": "1" } },
      disk: [move("a.txt", "build/a.txt")],
      outcome: { onDisk: { ...BUILD, "build/a.txt": "1", "build/out": "2" }, inDropbox: { ...BUILD, "a.txt": "1" } },
      and: async (world) => {
        expect(await why(world, "a.txt")).toMatchObject({ state: "not synced" });
      },
    },
  );
  scenario(
    "a synced file moved in Dropbox into an ignored folder that is not on disk: the one on disk stays, and comes anew",
    {
      ...ALWAYS,
      given: { onDisk: { ...BUILD, "a.txt": "1" }, inDropbox: { ...BUILD, "a.txt": "1", "build/out": "2" } },
      dropbox: [move("a.txt", "build/a.txt")],
      outcome: {
        onDisk: { ...BUILD, "a.txt": "1" },
        inDropbox: { ...BUILD, "a.txt": "1", "build/a.txt": "1", "build/out": "2" },
      },
    },
  );
  scenario("moved on disk to an ignored name, and in Dropbox to another: the one on disk stays, the other comes anew", {
    while: ["paused", "stopped"],
    given: { ...LOGS, "a.txt": "1", "d/": "" },
    disk: [move("a.txt", "a.log")],
    dropbox: [move("a.txt", "d/b.txt"), write("d/b.txt", "2")],
    outcome: { onDisk: { ...LOGS, "a.log": "1", "d/b.txt": "2" }, inDropbox: { ...LOGS, "d/b.txt": "2" } },
  });
  bothWays(
    (here, there) => `moved ${here} to an ignored name that is taken ${there}: the one ${there} stays, and comes anew`,
    {
      given: { here: { ...LOGS, "a.txt": "1" }, there: { ...LOGS, "a.txt": "1", "a.log": "2" } },
      here: [move("a.txt", "a.log")],
      outcome: { here: { ...LOGS, "a.txt": "1", "a.log": "1" }, there: { ...LOGS, "a.txt": "1", "a.log": "2" } },
    },
  );
});

describe("ignored files in a folder that goes or moves", () => {
  bothWays(
    (here, there) => `a folder deleted ${here} stays ${there} with just its ignored files, and does not come back`,
    {
      while: "running",
      given: {
        here: { ...LOGS, "d/a.txt": "1", "d/e/b.txt": "2", "d/f/": "", "d/here.log": "3" },
        there: { ...LOGS, "d/a.txt": "1", "d/e/b.txt": "2", "d/f/there.log": "4" },
      },
      here: [remove("d")],
      outcome: { here: LOGS, there: { ...LOGS, "d/f/there.log": "4" } },
      and: async (world) => {
        const before = { onDisk: world.diskTree(), inDropbox: await world.dropboxTree() };
        await world.ok("stop");
        await world.ok("start");
        await world.settle();
        expect({ onDisk: world.diskTree(), inDropbox: await world.dropboxTree() }).toEqual(before);
      },
    },
  );
  bothWays((here, there) => `a folder deleted ${here}, its ignored files with it, is gone ${there} too`, {
    given: { here: { ...LOGS, "d/a.txt": "1", "d/here.log": "2" }, there: { ...LOGS, "d/a.txt": "1" } },
    here: [remove("d")],
    outcome: LOGS,
  });
  bothWays((here) => `a folder moved ${here} takes its ignored files along on each side`, {
    ...ALWAYS,
    given: {
      here: { ...LOGS, "d/a.txt": "1", "d/x.log": "2", "d/here.log": "3", "d/e/b.txt": "6" },
      there: { ...LOGS, "d/a.txt": "1", "d/x.log": "4", "d/e/there.log": "5", "d/e/b.txt": "6" },
    },
    here: [move("d", "to/d")],
    outcome: {
      here: { ...LOGS, "to/d/a.txt": "1", "to/d/x.log": "2", "to/d/here.log": "3", "to/d/e/b.txt": "6" },
      there: { ...LOGS, "to/d/a.txt": "1", "to/d/x.log": "4", "to/d/e/there.log": "5", "to/d/e/b.txt": "6" },
    },
    noTransfer: true,
  });
  bothWays((here, there) => `a folder deleted ${here} and made again: the ignored files ${there} are in it`, {
    while: "running",
    given: { here: { ...LOGS, "d/a.txt": "1" }, there: { ...LOGS, "d/a.txt": "1", "d/there.log": "2" } },
    here: [remove("d"), async (_, world) => world.settle(), write("d/new.txt", "3")],
    outcome: { here: { ...LOGS, "d/new.txt": "3" }, there: { ...LOGS, "d/new.txt": "3", "d/there.log": "2" } },
  });
});

describe("an ignored file in the way", () => {
  scenario("of what comes from Dropbox under its name: it is left alone, and that is said", {
    given: { onDisk: { ...BUILD, "build/out": "1" }, inDropbox: BUILD },
    dropbox: [write("build", "2"), write("a", "3")],
    outcome: { onDisk: { ...BUILD, "build/out": "1", a: "3" }, inDropbox: { ...BUILD, build: "2", a: "3" } },
    and: async (world) => {
      expect(await why(world, "build")).toMatchObject({
        state: "not synced",
        reason: expect.stringMatching(/build\/.*rename/),
      });
      expect(await status(world)).toMatchObject({ state: "needs attention", notSynced: 1 });
      await world.move("build", "built");
      await expectBoth(world, {
        onDisk: { ...BUILD, "build/out": "1", a: "3", built: "2" },
        inDropbox: { ...BUILD, built: "2", a: "3" },
      });
    },
  });
});

test("`twinfold why` names the file, the line and the pattern", async () => {
  const world = theWorld();
  const rules = { ".mignore": "# nothing\n*.log\n!keep.log\nbuild/\n" };
  await atRest(world, {
    onDisk: { ...rules, "a.log": "1", "build/d/out": "2", "keep.log": "3" },
    inDropbox: { ...rules, "b.log": "4", "keep.log": "3" },
  });
  const named = async (path: string) => (await why(world, path)).rule;
  expect(await named("a.log")).toEqual({ source: ".mignore", line: 2, pattern: "*.log" });
  expect(await named("b.log")).toEqual({ source: ".mignore", line: 2, pattern: "*.log" });
  expect(await named("build/d/out")).toEqual({ source: ".mignore", line: 4, pattern: "build/" });
  expect(await named("build")).toEqual({ source: ".mignore", line: 4, pattern: "build/" });
  expect(await named("not/there.log")).toEqual({ source: ".mignore", line: 2, pattern: "*.log" });
  expect(await named(".DS_Store")).toEqual({ source: "always ignored", line: 0, pattern: ".DS_Store" });
  expect(await why(world, "keep.log")).toMatchObject({ state: "in sync" });
  expect(await why(world, ".mignore")).toMatchObject({ state: "in sync" });
  expect(await world.ok("why", "a.log")).toBe("a.log: ignored\nignored by line 2 of .mignore: *.log\n");
  expect(await world.ok("ignore", "test", "build/")).toBe(".mignore:4: build/\n");
});
