import { describe, expect } from "vitest";
import { bothWays, inOneWorld, scenario } from "./scenario.ts";
import { mkdir, move, remove, write } from "./sides.ts";

/** What is to hold whether the engine saw the changes come, one by one, or found them at its next start. */
const ALWAYS = { while: ["paused", "stopped"] } as const;

inOneWorld();

describe("one side changed", () => {
  bothWays((here) => `a file made ${here} comes to the other side`, {
    ...ALWAYS,
    given: {},
    here: [write("a.txt", "1")],
    outcome: { "a.txt": "1" },
  });
  bothWays((here) => `folders made ${here} come to the other side, empty ones too`, {
    given: {},
    here: [mkdir("empty"), mkdir("deep/er/est"), write("deep/file", "1")],
    outcome: { "empty/": "", "deep/er/est/": "", "deep/file": "1" },
  });
  bothWays((here) => `a file edited ${here} is edited on the other side`, {
    ...ALWAYS,
    given: { "a.txt": "1", "untouched.txt": "1" },
    here: [write("a.txt", "2")],
    outcome: { "a.txt": "2", "untouched.txt": "1" },
  });
  bothWays((here) => `an empty file made ${here}, and one emptied there, come to the other side`, {
    given: { "a.txt": "1" },
    here: [write("empty", ""), write("a.txt", "")],
    outcome: { empty: "", "a.txt": "" },
  });
  bothWays((here) => `a file deleted ${here} is deleted on the other side`, {
    ...ALWAYS,
    given: { "a.txt": "1", "b.txt": "2" },
    here: [remove("a.txt")],
    outcome: { "b.txt": "2" },
  });
  bothWays((here) => `a folder deleted ${here} is deleted on the other side, with all that is in it`, {
    ...ALWAYS,
    given: { "d/1": "1", "d/e/2": "2", "other/3": "3" },
    here: [remove("d")],
    outcome: { "other/3": "3" },
  });
  bothWays((here) => `a file moved ${here} is moved on the other side`, {
    ...ALWAYS,
    given: { "a.txt": "1", "d/": "" },
    here: [move("a.txt", "d/b.txt")],
    outcome: { "d/b.txt": "1" },
    kept: { "a.txt": "d/b.txt" },
    noTransfer: true,
  });
  bothWays((here) => `a folder moved ${here} is moved on the other side, with all that is in it`, {
    ...ALWAYS,
    given: { "d/1": "1", "d/e/2": "2", "to/": "" },
    here: [move("d", "to/moved")],
    outcome: { "to/moved/1": "1", "to/moved/e/2": "2" },
    kept: { d: "to/moved", "d/1": "to/moved/1", "d/e/2": "to/moved/e/2" },
    noTransfer: true,
  });
  bothWays((here) => `a file that became a folder ${here} is a folder on the other side`, {
    ...ALWAYS,
    given: { a: "1" },
    here: [remove("a"), write("a/in", "2")],
    outcome: { "a/in": "2" },
  });
  bothWays((here) => `a folder that became a file ${here} is a file on the other side`, {
    ...ALWAYS,
    given: { "a/in": "1", "a/and/in": "1" },
    here: [remove("a"), write("a", "2")],
    outcome: { a: "2" },
  });
});

describe("both sides created or edited", () => {
  scenario("created on both sides with the same content: adopted, nothing is sent", {
    ...ALWAYS,
    given: {},
    disk: [write("a.txt", "1"), write("d/b.txt", "2")],
    dropbox: [write("a.txt", "1"), write("d/b.txt", "2")],
    outcome: { "a.txt": "1", "d/b.txt": "2" },
    noTransfer: true,
  });
  scenario("edited on both sides to the same content: adopted, nothing is sent", {
    ...ALWAYS,
    given: { "a.txt": "1" },
    disk: [write("a.txt", "2")],
    dropbox: [write("a.txt", "2")],
    outcome: { "a.txt": "2" },
    noTransfer: true,
  });
  scenario("created on both sides with other content: Dropbox's keeps the name, the one on disk is kept beside it", {
    ...ALWAYS,
    given: {},
    disk: [write("a.txt", "disk")],
    dropbox: [write("a.txt", "dropbox")],
    outcome: { "a.txt": "dropbox", "a (conflicted copy).txt": "disk" },
  });
  scenario("edited on both sides: Dropbox's version keeps the name, the one on disk is kept beside it", {
    ...ALWAYS,
    given: { "d/a.txt": "0" },
    disk: [write("d/a.txt", "disk")],
    dropbox: [write("d/a.txt", "dropbox")],
    outcome: { "d/a.txt": "dropbox", "d/a (conflicted copy).txt": "disk" },
    and: async (world) => {
      const conflicts = JSON.parse(await world.ok("conflicts", "--json")) as string[];
      expect(conflicts).toEqual([expect.stringMatching(/^d\/a \(You's conflicted copy \d{4}-\d\d-\d\d\)\.txt$/)]);
    },
  });
  scenario("the name of the conflict copy is taken: the next has a counter", {
    given: { a: "0" },
    while: "paused",
    disk: [write("a", "disk")],
    dropbox: [write("a", "dropbox")],
    outcome: { a: "dropbox", "a (conflicted copy)": "disk" },
    and: async (world) => {
      await world.ok("pause");
      world.write("a", "disk again");
      await world.upload("a", "dropbox again");
      await world.ok("resume");
      await world.settle();
      const names = Object.keys(world.diskTree());
      expect(names).toHaveLength(3);
      expect(names).toContainEqual(expect.stringMatching(/^a \(You's conflicted copy \d{4}-\d\d-\d\d 2\)$/));
    },
  });
  scenario("folders of one name created on both sides become one", {
    ...ALWAYS,
    given: {},
    disk: [write("d/disk", "1"), write("d/e/both", "2")],
    dropbox: [write("d/dropbox", "3"), write("d/e/both", "2")],
    outcome: { "d/disk": "1", "d/dropbox": "3", "d/e/both": "2" },
  });
  scenario("a file on disk and a folder in Dropbox were created with one name: the folder keeps it", {
    ...ALWAYS,
    given: {},
    disk: [write("a", "disk")],
    dropbox: [write("a/in", "dropbox")],
    outcome: { "a/in": "dropbox", "a (conflicted copy)": "disk" },
  });
  scenario("a folder on disk and a file in Dropbox were created with one name: the file keeps it", {
    ...ALWAYS,
    given: {},
    disk: [write("a/in", "disk")],
    dropbox: [write("a", "dropbox")],
    outcome: { a: "dropbox", "a (conflicted copy)/in": "disk" },
  });
});

describe("edited on one side, deleted on the other", () => {
  bothWays((here, there) => `edited ${here}, deleted ${there}: the edit lives`, {
    ...ALWAYS,
    given: { "a.txt": "1" },
    here: [write("a.txt", "2")],
    there: [remove("a.txt")],
    outcome: { "a.txt": "2" },
  });
  scenario("deleted on both sides: forgotten", {
    ...ALWAYS,
    given: { "a.txt": "1", "d/b.txt": "2" },
    disk: [remove("a.txt"), remove("d")],
    dropbox: [remove("a.txt"), remove("d")],
    outcome: {},
    noTransfer: true,
  });
  bothWays((here, there) => `a folder deleted ${there}, something made in it ${here}: it lives on with that only`, {
    ...ALWAYS,
    given: { "d/old": "1", "d/e/older": "1" },
    here: [write("d/new", "2")],
    there: [remove("d")],
    outcome: { "d/new": "2" },
  });
  bothWays((here, there) => `a folder deleted ${there}, something edited in it ${here}: it lives on with that only`, {
    ...ALWAYS,
    given: { "d/a": "1", "d/e/b": "1" },
    here: [write("d/e/b", "2")],
    there: [remove("d")],
    outcome: { "d/e/b": "2" },
  });
});

describe("moved on one side", () => {
  bothWays((here, there) => `moved ${here}, edited ${there}: the edit follows the file`, {
    ...ALWAYS,
    given: { "a.txt": "1", "to/": "" },
    here: [move("a.txt", "to/b.txt")],
    there: [write("a.txt", "2")],
    outcome: { "to/b.txt": "2" },
  });
  bothWays((here, there) => `moved ${here}, deleted ${there}: it lives at its new place`, {
    ...ALWAYS,
    given: { "a.txt": "1", "d/b.txt": "2" },
    here: [move("a.txt", "c.txt"), move("d", "e")],
    there: [remove("a.txt"), remove("d")],
    outcome: { "c.txt": "1", "e/b.txt": "2" },
  });
  bothWays((here, there) => `moved and edited ${here}, deleted ${there}: the edit lives at its new place`, {
    given: { "a.txt": "1" },
    here: [move("a.txt", "b.txt"), write("b.txt", "2")],
    there: [remove("a.txt")],
    outcome: { "b.txt": "2" },
  });
  scenario("moved to two places: Dropbox's wins", {
    ...ALWAYS,
    given: { "a.txt": "1", "d/in": "2" },
    disk: [move("a.txt", "disk.txt"), move("d", "disk")],
    dropbox: [move("a.txt", "dropbox.txt"), move("d", "dropbox")],
    outcome: { "dropbox.txt": "1", "dropbox/in": "2" },
    kept: { "a.txt": "dropbox.txt", d: "dropbox", "d/in": "dropbox/in" },
    noTransfer: true,
  });
  scenario("moved and edited on both sides: Dropbox's place and version, and the one on disk beside it", {
    ...ALWAYS,
    given: { "a.txt": "1" },
    disk: [move("a.txt", "disk.txt"), write("disk.txt", "disk")],
    dropbox: [move("a.txt", "dropbox.txt"), write("dropbox.txt", "dropbox")],
    outcome: { "dropbox.txt": "dropbox", "dropbox (conflicted copy).txt": "disk" },
  });
  scenario("moved to the same place on both sides: nothing is to be done", {
    ...ALWAYS,
    given: { "a.txt": "1", "d/in": "2" },
    disk: [move("a.txt", "b.txt"), move("d", "e")],
    dropbox: [move("a.txt", "b.txt"), move("d", "e")],
    outcome: { "b.txt": "1", "e/in": "2" },
    kept: { "a.txt": "b.txt", d: "e" },
    noTransfer: true,
  });
  scenario("X moved into Y on disk, Y into X in Dropbox: Dropbox's side wins", {
    ...ALWAYS,
    given: { "x/1": "1", "y/2": "2" },
    disk: [move("x", "y/x")],
    dropbox: [move("y", "x/y")],
    outcome: { "x/1": "1", "x/y/2": "2" },
    kept: { x: "x", y: "x/y", "x/1": "x/1", "y/2": "x/y/2" },
    noTransfer: true,
  });
  scenario("moved in Dropbox to a name that was made on disk: Dropbox's has it, the one made is kept beside it", {
    ...ALWAYS,
    given: { a: "1" },
    disk: [write("b", "made")],
    dropbox: [move("a", "b")],
    outcome: { b: "1", "b (conflicted copy)": "made" },
    kept: { a: "b" },
  });
  scenario("moved on disk to a name that was made in Dropbox: Dropbox's has it, the moved one is kept beside it", {
    ...ALWAYS,
    given: { a: "1" },
    disk: [move("a", "b")],
    dropbox: [write("b", "made")],
    outcome: { b: "made", "b (conflicted copy)": "1" },
  });
  scenario("two files moved to one name, one on each side: Dropbox's has it, the other is kept beside it", {
    given: { a: "1", b: "2" },
    disk: [move("a", "c")],
    dropbox: [move("b", "c")],
    outcome: { c: "2", "c (conflicted copy)": "1" },
    noTransfer: true,
  });
});

describe("another kind on one side", () => {
  bothWays(
    (here, there) => `became a folder ${here}, edited ${there}: the folder keeps the name, the edit is kept beside it`,
    {
      ...ALWAYS,
      given: { "a.txt": "1" },
      here: [remove("a.txt"), write("a.txt/in", "2")],
      there: [write("a.txt", "edited")],
      outcome: { "a.txt/in": "2", "a (conflicted copy).txt": "edited" },
    },
  );
  bothWays(
    (here, there) =>
      `became a file ${here}, something edited in it ${there}: the file keeps the name, the folder is kept beside it`,
    {
      ...ALWAYS,
      given: { "d/in": "1" },
      here: [remove("d"), write("d", "2")],
      there: [write("d/in", "edited")],
      outcome: { d: "2", "d (conflicted copy)/in": "edited" },
    },
  );
  bothWays((here, there) => `became a folder ${here}, moved ${there}: both are there`, {
    given: { a: "1" },
    here: [remove("a"), write("a/in", "2")],
    there: [move("a", "b")],
    outcome: { "a/in": "2", b: "1" },
  });
  bothWays((here, there) => `became a folder ${here}, deleted ${there}: the folder is there`, {
    ...ALWAYS,
    given: { a: "1" },
    here: [remove("a"), write("a/in", "2")],
    there: [remove("a")],
    outcome: { "a/in": "2" },
  });
});
