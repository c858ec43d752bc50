import { readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { status, why } from "./answers.ts";
import { renameOnPage } from "./person.ts";
import { atRest, bothWays, expectBoth, inOneWorld, scenario, theWorld } from "./scenario.ts";
import { inRoot, mkdir, move, remove, write } from "./sides.ts";

const COMPOSED = "caf\u00e9.txt";
const DECOMPOSED = "cafe\u0301.txt";

inOneWorld();

describe("letters in another case", () => {
  scenario("a file's case changed on disk: it is renamed in Dropbox, nothing is sent", {
    while: ["paused", "stopped"],
    given: { "readme.md": "1" },
    disk: [move("readme.md", "README.md")],
    outcome: { "README.md": "1" },
    kept: { "readme.md": "README.md" },
    noTransfer: true,
  });
  scenario("a folder's case changed on disk: what is in it stays what it is", {
    while: ["paused", "stopped"],
    given: { "docs/One.txt": "1", "docs/SUB/two.TXT": "2" },
    disk: [move("docs", "Docs")],
    outcome: { "Docs/One.txt": "1", "Docs/SUB/two.TXT": "2" },
    kept: { docs: "Docs", "docs/One.txt": "Docs/One.txt", "docs/SUB/two.TXT": "Docs/SUB/two.TXT" },
    noTransfer: true,
  });
  scenario("the case of a folder and of what is in it changed on disk", {
    given: { "docs/one.txt": "1", "docs/sub/two.txt": "2" },
    disk: [move("docs", "DOCS"), move("DOCS/one.txt", "DOCS/ONE.txt"), move("DOCS/sub", "DOCS/Sub")],
    outcome: { "DOCS/ONE.txt": "1", "DOCS/Sub/two.txt": "2" },
    kept: { docs: "DOCS", "docs/one.txt": "DOCS/ONE.txt", "docs/sub": "DOCS/Sub" },
    noTransfer: true,
  });
  scenario("a case changed on disk, the file edited in Dropbox: both", {
    given: { "a.txt": "1" },
    disk: [move("a.txt", "A.txt")],
    dropbox: [write("a.txt", "2")],
    outcome: { "A.txt": "2" },
  });
  scenario("two names on disk that differ only in case: the second is renamed", {
    while: ["paused", "stopped"],
    given: { "Readme.md": "1" },
    disk: [write("README.md", "2")],
    outcome: { "Readme.md": "1", "README (case conflict).md": "2" },
  });
  scenario("two folders on disk that differ only in case: the second is renamed, with all that is in it", {
    given: { "Docs/1": "1" },
    disk: [write("docs/2", "2")],
    outcome: { "Docs/1": "1", "docs (case conflict)/2": "2" },
  });
  scenario("the name for the second is taken: there is a counter", {
    given: { "a.txt": "1", "A (case conflict).txt": "2" },
    disk: [write("A.txt", "3")],
    outcome: { "a.txt": "1", "A (case conflict).txt": "2", "A (case conflict 2).txt": "3" },
  });
  scenario("made on both sides in different case with the same content: one file, nothing is sent", {
    given: {},
    disk: [write("a.txt", "1")],
    dropbox: [write("A.txt", "1")],
    outcome: { "A.txt": "1" },
    noTransfer: true,
  });
  scenario("made on both sides in different case with other content: a conflict like any other", {
    given: {},
    disk: [write("a.txt", "disk")],
    dropbox: [write("A.txt", "dropbox")],
    outcome: { "A.txt": "dropbox", "a (conflicted copy).txt": "disk" },
  });
  scenario("a folder made on both sides in different case becomes one", {
    given: {},
    disk: [write("docs/disk", "1")],
    dropbox: [write("Docs/dropbox", "2")],
    outcome: { "Docs/disk": "1", "Docs/dropbox": "2" },
  });
  scenario("a folder made on both sides in different case, and all that is in it: one of each, nothing is sent", {
    while: ["paused", "stopped"],
    given: {},
    disk: [write("docs/one.txt", "1"), write("docs/sub/two.txt", "2")],
    dropbox: [write("Docs/ONE.txt", "1"), write("Docs/SUB/Two.txt", "2")],
    outcome: { "Docs/ONE.txt": "1", "Docs/SUB/Two.txt": "2" },
    noTransfer: true,
  });
  scenario("a folder's case changed on disk while what is in it is edited, moved and made in Dropbox: all of it", {
    while: ["paused", "stopped"],
    given: { "docs/One.txt": "1", "docs/SUB/two.TXT": "2", "docs/three": "3" },
    disk: [move("docs", "Docs")],
    dropbox: [write("docs/one.TXT", "edited"), move("docs/three", "docs/sub/Three"), write("DOCS/four", "4")],
    outcome: { "Docs/One.txt": "edited", "Docs/SUB/two.TXT": "2", "Docs/SUB/Three": "3", "Docs/four": "4" },
    kept: { docs: "Docs", "docs/three": "Docs/SUB/Three" },
  });
  scenario("letters beyond ASCII have a case too, as Dropbox sees it", {
    given: { "äöü.txt": "1", "ẞ.txt": "2" },
    disk: [write("ÄÖÜ.txt", "3"), write("ß.txt", "4")],
    outcome: { "äöü.txt": "1", "ÄÖÜ (case conflict).txt": "3", "ẞ.txt": "2", "ß.txt": "4" },
  });
});

test("a case changed on Dropbox's pages, of which its API says nothing: it comes with the next change, of what is in the folder too", async () => {
  const world = theWorld();
  await atRest(world, { "readme.md": "1", "docs/One.txt": "2", "docs/sub/two": "3" });
  await renameOnPage(world, "readme.md", "README.md");
  await renameOnPage(world, "docs", "Docs");
  await world.settle();
  world.write("docs/new", "4");
  await world.upload("readme.md", "edited");
  await world.upload("docs/ONE.txt", "edited");
  await expectBoth(world, {
    onDisk: { "README.md": "edited", "docs/One.txt": "edited", "docs/sub/two": "3", "docs/new": "4" },
    inDropbox: { "README.md": "edited", "Docs/One.txt": "edited", "Docs/sub/two": "3", "Docs/new": "4" },
  });
});

describe("one letter, written in two ways", () => {
  const apart = { onDisk: { [DECOMPOSED]: "1" }, inDropbox: { [COMPOSED]: "1" } };
  scenario("a decomposed name on disk stays so, and is the composed one in Dropbox", {
    while: ["paused", "stopped"],
    given: {},
    disk: [write(DECOMPOSED, "1")],
    outcome: apart,
  });
  scenario("a composed name from Dropbox is composed on disk", {
    given: {},
    dropbox: [write(COMPOSED, "1")],
    outcome: { [COMPOSED]: "1" },
  });
  scenario("made on both sides, decomposed on disk, with the same content: one file", {
    given: {},
    disk: [write(DECOMPOSED, "1")],
    dropbox: [write(COMPOSED, "1")],
    outcome: apart,
    noTransfer: true,
  });
  scenario("twins on disk: the second is renamed", {
    given: { [COMPOSED]: "1" },
    disk: [write(DECOMPOSED, "2")],
    outcome: {
      onDisk: { [COMPOSED]: "1", "cafe\u0301 (unicode conflict).txt": "2" },
      inDropbox: { [COMPOSED]: "1", "caf\u00e9 (unicode conflict).txt": "2" },
    },
  });
  scenario("twin folders on disk: the second is renamed, with all that is in it", {
    given: { "caf\u00e9/1": "1" },
    disk: [write("cafe\u0301/2", "2")],
    outcome: {
      onDisk: { "caf\u00e9/1": "1", "cafe\u0301 (unicode conflict)/2": "2" },
      inDropbox: { "caf\u00e9/1": "1", "caf\u00e9 (unicode conflict)/2": "2" },
    },
  });
  scenario("a decomposed folder on disk stays so; what is made and moved in it in Dropbox comes there", {
    while: ["paused", "stopped"],
    given: { onDisk: { "cafe\u0301/1": "1" }, inDropbox: { "caf\u00e9/1": "1" } },
    dropbox: [write("caf\u00e9/new", "2"), move("caf\u00e9/1", "caf\u00e9/moved")],
    outcome: {
      onDisk: { "cafe\u0301/moved": "1", "cafe\u0301/new": "2" },
      inDropbox: { "caf\u00e9/moved": "1", "caf\u00e9/new": "2" },
    },
  });
  test("a decomposed file goes on being the composed one: edits, moves and deletions, both ways", async () => {
    const world = theWorld();
    await atRest(world, {});
    world.write(DECOMPOSED, "1");
    await expectBoth(world, apart);
    await world.upload(COMPOSED, "2");
    await expectBoth(world, { onDisk: { [DECOMPOSED]: "2" }, inDropbox: { [COMPOSED]: "2" } });
    world.write(DECOMPOSED, "3");
    await expectBoth(world, { onDisk: { [DECOMPOSED]: "3" }, inDropbox: { [COMPOSED]: "3" } });
    await world.move(COMPOSED, `d/${COMPOSED}`);
    await expectBoth(world, { onDisk: { [`d/${DECOMPOSED}`]: "3" }, inDropbox: { [`d/${COMPOSED}`]: "3" } });
    await world.remove(`d/${COMPOSED}`);
    await expectBoth(world, { "d/": "" });
  });
});

describe("names that can't be on both sides", () => {
  const refused = ["back\\slash", "ends in a space ", "\ufffd", "icon\r", ".dropbox"];
  test("a name that Dropbox refuses is listed with the reason, and the rest goes on", async () => {
    const world = theWorld();
    await atRest(world, {});
    for (const name of refused) world.write(name, "1");
    world.write("folder /in", "1");
    world.write("good", "1");
    const here = Object.fromEntries([...refused, "folder /in", "good"].map((name) => [name, "1"]));
    await expectBoth(world, { onDisk: here, inDropbox: { good: "1" } });
    for (const name of [...refused, "folder "]) {
      expect(await why(world, name), name).toMatchObject({
        state: "not synced",
        reason: expect.stringMatching(/rename/),
        fix: {
          cause: "name",
          sentence: expect.stringMatching(/^Rename it, for example to “.+”: then it is synced\.$/),
        },
      });
    }
    // As in "back_slash", a name is proposed that Dropbox takes.
    expect((await why(world, "back\\slash")).fix?.sentence).toContain("“back_slash”");
    expect((await why(world, "ends in a space ")).fix?.sentence).toContain("“ends in a space”");
    expect(await why(world, "folder /in")).toMatchObject({
      state: "not synced",
      fix: { cause: "inside", sentence: expect.stringContaining("“folder ”") },
    });
    const now = await status(world);
    expect(now).toMatchObject({ state: "needs attention", pending: { up: 0, down: 0 } });
    expect(now.notSynced).toBeGreaterThan(refused.length);
  });
  scenario("renamed to something that Dropbox takes, it comes", {
    given: {},
    disk: [write("bad ", "1"), mkdir("dir ")],
    outcome: { onDisk: { "bad ": "1", "dir /": "" }, inDropbox: {} },
    and: async (world) => {
      renameSync(join(world.root, "bad "), join(world.root, "good"));
      renameSync(join(world.root, "dir "), join(world.root, "dir"));
      await expectBoth(world, { good: "1", "dir/": "" });
    },
  });
  scenario("a synced file gets a name that Dropbox refuses: nothing is deleted, and it is said", {
    given: { "a.txt": "1" },
    disk: [move("a.txt", "a.txt ")],
    outcome: { onDisk: { "a.txt ": "1" }, inDropbox: { "a.txt": "1" } },
    and: async (world) => {
      expect(await why(world, "a.txt ")).toMatchObject({ state: "not synced" });
      renameSync(join(world.root, "a.txt "), join(world.root, "b.txt"));
      await expectBoth(world, { "b.txt": "1" });
    },
  });
  test("a name that is no text at all is listed, and nothing is taken for deleted", async () => {
    const world = theWorld();
    await atRest(world, { "a.txt": "1" });
    const name = Buffer.from([0x62, 0x61, 0x64, 0xff]);
    const there = Buffer.concat([Buffer.from(`${world.root}/`), name]);
    writeFileSync(there, "1");
    await world.settle();
    expect(await status(world)).toMatchObject({ notSynced: 1 });
    expect(readdirSync(world.root, "buffer")).toContainEqual(name);
    expect(Object.keys(await world.dropboxTree())).toEqual(["a.txt"]);
    renameSync(there, join(world.root, "fine"));
    await expectBoth(world, { "a.txt": "1", fine: "1" });
  });
  test("a name from Dropbox that is too long for the disk is listed, and the rest goes on", async () => {
    const world = theWorld();
    await atRest(world, {});
    const long = "é".repeat(200);
    await world.upload(long, "1");
    await world.upload("good", "1");
    await expectBoth(world, { onDisk: { good: "1" }, inDropbox: { good: "1", [long]: "1" } });
    expect(await why(world, long)).toMatchObject({ state: "not synced" });
    await world.move(long, "short");
    await expectBoth(world, { good: "1", short: "1" });
  });
});

describe("names that only look odd", () => {
  const odd = {
    " leading": "1",
    "a.": "2",
    "..a": "3",
    "-rf": "4",
    "~": "5",
    "new\nline": "6",
    "👩‍🔬.md": "7",
    "*?<>|:.txt": "8",
    "quote\".'txt": "9",
    "%2e%2e%2f": "10",
    "日本/語": "11",
    [`${"n".repeat(251)}.txt`]: "12",
    "con.txt": "13",
  };
  bothWays((here) => `made ${here}, they come to the other side as they are`, {
    given: {},
    here: Object.entries(odd).map(([path, content]) => write(path, content)),
    outcome: odd,
  });
  scenario("moved and deleted, like any other", {
    while: "stopped",
    given: { " leading": "1", "new\nline": "2", "👩‍🔬.md": "3" },
    disk: [move(" leading", "*"), remove("new\nline")],
    dropbox: [move("👩‍🔬.md", "🧪.md")],
    outcome: { "*": "1", "🧪.md": "3" },
    noTransfer: true,
  });
  scenario("the conflict copy of a name that is as long as can be is shortened", {
    given: { [`${"n".repeat(251)}.txt`]: "0" },
    disk: [write(`${"n".repeat(251)}.txt`, "disk")],
    dropbox: [write(`${"n".repeat(251)}.txt`, "dropbox")],
    outcome: {
      [`${"n".repeat(251)}.txt`]: "dropbox",
      [`${"n".repeat(255 - 4 - " (You's conflicted copy 2026-01-01)".length)} (conflicted copy).txt`]: "disk",
    },
  });
  scenario("what looks like a name that the engine gives for a moment is left alone", {
    given: {},
    disk: [inRoot((at) => writeFileSync(at(".~lock.a.odt#"), "1"))],
    outcome: { onDisk: { ".~lock.a.odt#": "1" }, inDropbox: {} },
  });
});
