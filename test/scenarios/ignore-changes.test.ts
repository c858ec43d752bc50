import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { PATIENT, status, until, why } from "./answers.ts";
import { atRest, bothWays, expectBoth, expectNow, inOneWorld, scenario, theWorld } from "./scenario.ts";
import { inRoot, remove, write } from "./sides.ts";

/** Both while the engine hears of it at once, and while it finds all of it at its next start. */
const ALWAYS = { while: ["running", "stopped"] } as const;
const LOGS = { ".mignore": "*.log\n" };

inOneWorld();

describe("the ignore file itself is synced", () => {
  bothWays((here) => `made, then edited ${here}: each version holds from then on, on both sides`, {
    given: {},
    while: "running",
    here: [write(".mignore", "*.log\n")],
    outcome: LOGS,
    and: async (world) => {
      world.write("disk.log", "1");
      await world.upload("dropbox.log", "2");
      const left = { onDisk: { ...LOGS, "disk.log": "1" }, inDropbox: { ...LOGS, "dropbox.log": "2" } };
      await expectBoth(world, left);
      await world.upload(".mignore", "*.tmp\n");
      const rules = { ".mignore": "*.tmp\n" };
      await expectBoth(world, { ...rules, "disk.log": "1", "dropbox.log": "2" });
    },
  });
  bothWays((here) => `made ${here} together with what it leaves out: it is obeyed first`, {
    ...ALWAYS,
    given: {},
    here: [write(".mignore", "*.log\n"), write("a.log", "1"), write("a.txt", "2")],
    outcome: { here: { ...LOGS, "a.log": "1", "a.txt": "2" }, there: { ...LOGS, "a.txt": "2" } },
  });
  bothWays((here, there) => `made ${here} while nothing runs: what was made ${there} meanwhile obeys it too`, {
    while: "stopped",
    given: {},
    here: [write(".mignore", "*.log\n"), write("a.log", "1"), write("a.txt", "2")],
    there: [write("b.log", "3"), write("b.txt", "4")],
    outcome: {
      here: { ...LOGS, "a.log": "1", "a.txt": "2", "b.txt": "4" },
      there: { ...LOGS, "b.log": "3", "a.txt": "2", "b.txt": "4" },
    },
  });
  scenario("edited on both sides: a conflict like any other, and Dropbox's version holds", {
    given: LOGS,
    disk: [write(".mignore", "*.disk\n")],
    dropbox: [write(".mignore", "*.dropbox\n")],
    outcome: { ".mignore": "*.dropbox\n", ".mignore (conflicted copy)": "*.disk\n" },
    and: async (world) => {
      world.write("a.dropbox", "1");
      await world.settle();
      expect(await why(world, "a.dropbox")).toMatchObject({ state: "ignored" });
    },
  });
  bothWays(
    (here) => `a line that matches the file itself, written ${here}, does not stop it: it can be taken back from there`,
    {
      while: "running",
      given: { "a.txt": "1" },
      here: [write(".mignore", "*\n"), async (_, world) => world.settle(), write(".mignore", "*.log\n")],
      outcome: { ...LOGS, "a.txt": "1" },
    },
  );
  scenario("a symbolic link in its place is listed, and has no say", {
    given: { rules: "*.log\n" },
    disk: [inRoot((at) => symlinkSync("rules", at(".mignore"))), write("a.log", "1")],
    outcome: {
      onDisk: { rules: "*.log\n", ".mignore": "-> rules", "a.log": "1" },
      inDropbox: { rules: "*.log\n", "a.log": "1" },
    },
    and: async (world) => {
      expect(await why(world, ".mignore")).toMatchObject({ state: "not synced", reason: "symbolic link" });
    },
  });
});

describe("a rule that begins to match what is synced", () => {
  const synced = { "a.log": "1", "build/out": "2", "build/d/out": "3", plain: "4" };
  const rules = { ".mignore": "*.log\nbuild/\n" };
  bothWays((here) => `saved ${here}: it stays on both sides, and is synced no more`, {
    ...ALWAYS,
    given: synced,
    here: [write(".mignore", rules[".mignore"])],
    outcome: { ...synced, ...rules },
    and: async (world) => {
      world.write("a.log", "disk");
      world.write("build/new", "disk");
      await world.upload("build/out", "dropbox");
      await world.remove("build/d");
      const left = {
        onDisk: { ...synced, ...rules, "a.log": "disk", "build/new": "disk" },
        inDropbox: { ...rules, "a.log": "1", "build/out": "dropbox", plain: "4" },
      };
      await expectBoth(world, left);
      await world.ok("stop");
      await world.ok("start");
      await expectBoth(world, left);
      for (const path of ["a.log", "build", "build/out"]) {
        expect(await why(world, path), path).toMatchObject({ state: "ignored" });
      }
    },
  });
  scenario("`twinfold ignore add` is such a rule", {
    given: { ".mignore": "*.tmp", "a.log": "1" },
    while: "running",
    disk: [async (_, world) => void (await world.ok("ignore", "add", "*.log")), write("a.log", "2")],
    outcome: {
      onDisk: { ".mignore": "*.tmp\n*.log\n", "a.log": "2" },
      inDropbox: { ".mignore": "*.tmp\n*.log\n", "a.log": "1" },
    },
  });
});

describe("a rule that matches no longer: both sides are compared as if new", () => {
  bothWays((here) => `deleted ${here}, the same content on both sides is adopted`, {
    ...ALWAYS,
    given: {
      here: { ...LOGS, "a.log": "1", "d/b.log": "2" },
      there: { ...LOGS, "a.log": "1", "d/b.log": "2" },
    },
    here: [remove(".mignore")],
    outcome: { "a.log": "1", "d/b.log": "2" },
    noTransfer: true,
  });
  for (const side of ["disk", "dropbox"] as const) {
    scenario(`deleted ${side === "disk" ? "on disk" : "in Dropbox"}, other content is a conflict`, {
      ...ALWAYS,
      given: { onDisk: { ...LOGS, "a.log": "disk" }, inDropbox: { ...LOGS, "a.log": "dropbox" } },
      [side]: [remove(".mignore")],
      outcome: { "a.log": "dropbox", "a (conflicted copy).log": "disk" },
    });
  }
  bothWays((here) => `what was on either side only comes to the other, by a line that is negated ${here}`, {
    ...ALWAYS,
    given: {
      here: { ...LOGS, "here.log": "1", "d/here.log": "2", "out.log": "3" },
      there: { ...LOGS, "there.log": "4", "d/": "" },
    },
    here: [write(".mignore", "*.log\n!*here.log\n")],
    outcome: {
      here: { ".mignore": "*.log\n!*here.log\n", "here.log": "1", "d/here.log": "2", "there.log": "4", "out.log": "3" },
      there: { ".mignore": "*.log\n!*here.log\n", "here.log": "1", "d/here.log": "2", "there.log": "4" },
    },
  });
  bothWays((here) => `what was deleted ${here} while it was ignored comes back from the other side`, {
    given: { "build/out": "1" },
    while: "running",
    here: [write(".mignore", "build/\n"), async (_, world) => world.settle(), remove("build")],
    outcome: { here: { ".mignore": "build/\n" }, there: { ".mignore": "build/\n", "build/out": "1" } },
    and: async (world) => {
      world.write(".mignore", "");
      await expectBoth(world, { ".mignore": "", "build/out": "1" });
    },
  });
});

test("what an ignored folder keeps from its name is fetched once, and comes as soon as that folder goes", async () => {
  const world = theWorld();
  const rules = { ".mignore": "b/\n" };
  await atRest(world, rules);
  world.write("b/out", "1");
  await world.control("stats", {}, "DELETE");
  await world.upload("b", "from Dropbox");
  await expect.poll(() => why(world, "b"), PATIENT).toMatchObject({ reason: expect.stringMatching(/taken on disk/) });
  // Each makes the engine try again, so that its pauses grow to half a minute and more.
  for (let time = 0; time < 6; time++) {
    await world.ok("pause");
    await world.ok("resume");
    await until(world, { notSynced: 1 });
  }
  expect((await world.requests())["files/download"]).toBe(1);
  rmSync(join(world.root, "b"), { recursive: true });
  await vi.waitFor(() => expectNow(world, { ...rules, b: "from Dropbox" }), PATIENT);
});

test("what has just been taken out of Dropbox, and is not ignored any more, goes there again, and stays on disk", async () => {
  const world = theWorld();
  await atRest(world, { "a.log": "1", "b/c.log": "2" });
  await world.control("conditions", { latencyMs: 1_000 });
  await world.control("stats", {}, "DELETE");
  const taking = world.ok("ignore", "add", "*.log", "--remove-from-dropbox", "--yes");
  // Gone there, and the engine has not heard of it yet.
  await expect.poll(async () => (await world.requests())["files/delete_batch"], PATIENT).toBe(1);
  world.write(".mignore", "");
  await taking;
  await world.control("conditions", { latencyMs: 0 });
  await expectBoth(world, { ".mignore": "", "a.log": "1", "b/c.log": "2" });
});

test("a line that can match nothing is named, and the lines around it hold", async () => {
  const world = theWorld();
  const rules = { ".mignore": "*.log\n[a\n\n/\n*.tmp\n" };
  await atRest(world, rules);
  for (const name of ["a.log", "b.tmp", "[a", "a"]) world.write(name, name);
  const both = { ...rules, "[a": "[a", a: "a" };
  await expectBoth(world, { onDisk: { ...both, "a.log": "a.log", "b.tmp": "b.tmp" }, inDropbox: both });
  expect(await why(world, "b.tmp")).toMatchObject({ rule: { line: 5 } });
  const list = (await world.ok("ignore", "list")).trimEnd().split("\n");
  expect(list).toEqual([
    "*.log",
    expect.stringMatching(/^\[a {3}<- ./),
    "",
    expect.stringMatching(/^\/ {3}<- ./),
    "*.tmp",
  ]);
  expect(await status(world)).toMatchObject({ state: "up to date" });
});
