import { type RelativePath, RemoteError } from "@twinfold/engine";
import { beforeEach, expect, test } from "vitest";
import { pathsOf as paths, ToldWorld } from "./told-world.ts";

/** What users do at the very moment at which an engine acts: found by seeds, told as examples. */
let world: ToldWorld;
let { time, disk, here, there, host } = new ToldWorld();
beforeEach(() => {
  world = new ToldWorld();
  ({ time, disk, here, there, host } = world);
});

test("a file that is deleted together with a folder lives when it is edited in Dropbox just before", async () => {
  here.mkdir("folder");
  here.write("file", "1");
  await world.rest();
  here.rmtree("folder");
  here.unlink("file");
  // The changes are read once more before a folder is deleted.
  world.amid = { call: "changes", deed: () => there.edit("file", "edited") };
  await world.rest();
  expect([there.text("file"), here.text("file")]).toEqual(["edited", "edited"]);
  expect(paths(there)).toEqual(["file"]);
});

test("a folder that is deleted on disk while it is made in Dropbox does not come back", async () => {
  await world.rest();
  here.mkdir("folder");
  world.amid = { call: "write", deed: () => here.rmtree("folder") };
  await world.rest();
  expect([paths(here), paths(there)]).toEqual([[], []]);
});

test("a folder that is deleted in Dropbox while it is made on disk does not come back", async () => {
  await world.rest();
  there.mkdir("folder");
  world.amid = { call: "createFolder", deed: () => there.remove("folder") };
  await world.rest();
  expect([paths(here), paths(there)]).toEqual([[], []]);
});

const LOST = { answerDelay: 300, after: new RemoteError("offline", "no answer came") };

test("edited again while the answer to its upload is lost, a new file has no conflict copy of its own", async () => {
  await world.rest();
  here.write("file", "1");
  world.amid = { call: "write", deed: () => here.write("file", "2"), fault: LOST };
  await world.rest();
  expect([paths(here), there.text("file")]).toEqual([["file"], "2"]);
});

test("edited again while the answer to its upload is lost, a file has no conflict copy of its own", async () => {
  here.write("file", "0");
  await world.rest();
  here.write("file", "1");
  world.amid = { call: "write", deed: () => here.write("file", "2"), fault: LOST };
  await world.rest();
  expect([paths(here), there.text("file")]).toEqual([["file"], "2"]);
});

test("edited again and moved while the answer to its upload is lost, a file has no conflict copy of its own (seed 6058693)", async () => {
  here.write("file", "0");
  await world.rest();
  here.write("file", "1");
  const deed = () => {
    here.write("file", "2");
    here.rename("file", "moved");
  };
  world.amid = { call: "write", deed, fault: LOST };
  await world.rest();
  expect([paths(here), paths(there), there.text("moved")]).toEqual([["moved"], ["moved"], "2"]);
});

test("put back as it was while the answer to its upload is lost, a file stays as it was put back", async () => {
  here.write("file", "0");
  await world.rest();
  here.write("file", "1");
  world.amid = { call: "write", deed: () => here.write("file", "0"), fault: LOST };
  await world.rest();
  expect([here.text("file"), there.text("file")]).toEqual(["0", "0"]);
});

test("deleted while the answer to its upload is lost, a file does not come back", async () => {
  here.write("file", "0");
  await world.rest();
  here.write("file", "1");
  world.amid = { call: "write", deed: () => here.unlink("file"), fault: LOST };
  await world.rest();
  expect([paths(here), paths(there)]).toEqual([[], []]);
});

test("edited in Dropbox too while the answer to its upload is lost, both edits live", async () => {
  here.write("file", "0");
  await world.rest();
  here.write("file", "1");
  const both = () => {
    here.write("file", "2");
    there.edit("file", "other");
  };
  world.amid = { call: "write", deed: both, fault: LOST };
  await world.rest();
  expect(
    paths(here)
      .map((path) => here.text(path))
      .sort(),
  ).toEqual(["2", "other"]);
});

test("a file that is moved in Dropbox while an edit of it is uploaded is on both sides, at its new place", async () => {
  here.write("a", "1");
  await world.rest();
  here.write("a", "edited");
  // The move is read of before the edit is committed: at the old place Dropbox makes a new file of it.
  world.amid = { call: "verify", deed: () => there.move("a", "b") };
  await world.rest();
  expect(paths(here)).toEqual(paths(there));
  expect([here.text("b"), there.text("b")]).toEqual(["edited", "edited"]);
});

test("while it can't be read what is ignored, nothing is synced, and that is said", async () => {
  here.write(".mignore", "secret\n");
  here.write("secret", "1");
  here.write("file", "2");
  for (const [path, thing] of disk.walk("" as RelativePath)) if (path === ".mignore") disk.unreadable.add(thing);
  host.start();
  await time.advance(10_000);
  expect(paths(there)).toEqual([]);
  expect(host.engine?.status()).toMatchObject({
    state: "needs attention",
    message: expect.stringContaining("Nothing is synced until it can be read."),
  });
  disk.unreadable.clear();
  await time.advance(10_000);
  expect(paths(there)).toEqual([".mignore", "file"]);
  expect(host.engine?.status().state).toBe("up to date");
});

test("a conflict copy finds a name of its own where something ignored has the first one", async () => {
  here.write(".mignore", "*copy*\n");
  for (const content of ["1", "2", "3"]) {
    await world.rest();
    await time.until(host.stop());
    here.write("file", content);
    there.upload("file", `other ${content}`);
  }
  await world.rest();
  const texts = paths(here).map((path) => here.text(path));
  expect(texts).toEqual(expect.arrayContaining(["1", "2", "3", "other 3"]));
});

test("what a swap has left behind is kept beside what is ignored and has taken its name", async () => {
  here.write(".~twinfold-move-2~a", "1");
  here.write(".mignore", "/a\n");
  here.write("a", "2");
  host.start();
  // So long it may still be some other engine's, which is amid a swap.
  await time.advance(60_000);
  await world.rest();
  const copy = paths(there).find((path) => path.startsWith("a ("));
  expect(copy).toMatch(/^a \(.+'s conflicted copy 2026-\d\d-\d\d\)$/);
  expect([there.text(copy ?? ""), here.text("a")]).toEqual(["1", "2"]);
});

test("when a name is free again, what waited for it comes before all is said to be up to date", async () => {
  here.symlink("name");
  there.upload("name", "1");
  await world.rest();
  here.unlink("name");
  await world.rest();
  expect(here.text("name")).toBe("1");
});

test("a disk that is unmounted while a file arrives gets it when it is there again", async () => {
  await world.rest();
  there.upload("file", "1");
  world.amid = { call: "place", deed: () => disk.setMounted(false) };
  await time.advance(10_000);
  disk.setMounted(true);
  await world.rest();
  expect(here.text("file")).toBe("1");
});

test("a disk that is not there is looked at now and then", async () => {
  await world.rest();
  disk.setMounted(false);
  host.engine?.announce(["name" as RelativePath]);
  world.calls = [];
  await time.advance(20_000);
  expect(world.calls.length).toBeGreaterThan(5);
  expect(world.calls.length).toBeLessThan(40);
});

test("an engine rests where the root goes while a deletion waits for what is still looked at", async () => {
  here.write("file", "1");
  here.write("other", "1");
  await world.rest();
  here.unlink("other");
  there.remove("file");
  world.amid = { call: "changes", deed: () => disk.setMounted(false), fault: { answerDelay: 20 } };
  await time.advance(10_000);
  expect(host.engine?.status().state).toBe("needs attention");
  world.calls = [];
  await time.advance(60_000);
  expect(world.calls.length).toBeLessThan(300);
  disk.setMounted(true);
  await world.rest();
  expect([paths(here), paths(there)]).toEqual([[], []]);
});

test.each([2, 4, 6, 8])(
  "changed back in Dropbox when a power cut took the last %i things that were known, a file is on both sides as there",
  async (lost) => {
    there.upload("file", "1");
    await world.rest();
    there.upload("file", "2");
    await world.rest();
    expect(here.text("file")).toBe("2");
    host.cutPower(lost);
    there.upload("file", "1");
    await world.rest();
    expect([here.text("file"), there.text("file")]).toEqual(["1", "1"]);
  },
);

test.each([2, 4, 6, 8])(
  "changed back and moved on disk when a power cut took the last %i things that were known, a file is not lost",
  async (lost) => {
    here.write("file", "1");
    await world.rest();
    here.write("file", "2");
    await world.rest();
    host.cutPower(lost);
    await time.advance(2_000);
    here.rename("file", "moved");
    here.write("moved", "1");
    await world.rest();
    for (const side of [here, there]) expect(paths(side).map((path) => side.text(path))).toContain("1");
  },
);

test.each([2, 4, 6, 8])(
  "changed back and moved in Dropbox when a power cut took the last %i things that were known, a file is not lost",
  async (lost) => {
    there.upload("file", "1");
    await world.rest();
    there.upload("file", "2");
    await world.rest();
    host.cutPower(lost);
    await time.advance(2_000);
    there.upload("file", "1");
    there.move("file", "moved");
    await world.rest();
    for (const side of [here, there]) expect(paths(side).map((path) => side.text(path))).toContain("1");
  },
);

test("deleted by what a kill cut short, and back by then, a file stays", async () => {
  here.mkdir("folder");
  here.write("folder/file", "1");
  await world.rest();
  // As far as an engine sees, that is outside of its root.
  here.mkdir(".twinfold");
  here.rename("folder/file", ".twinfold/aside");
  world.amid = { call: "write", deed: () => host.kill(), fault: { answerDelay: 300 } };
  await time.advance(5_000);
  expect([host.engine, paths(there)]).toEqual([null, ["folder"]]);
  here.rename(".twinfold/aside", "folder/file");
  await world.rest();
  expect([here.text("folder/file"), there.text("folder/file")]).toEqual(["1", "1"]);
});

test.each([
  ["is under way", { delay: 100, answerDelay: 300 }],
  ["was not answered", { delay: 100, ...LOST }],
])("back on disk while its deletion in Dropbox %s, a file stays, and a folder with all it holds", async (_, fault) => {
  for (const folder of ["folder", "folder/inner"]) here.mkdir(folder);
  for (const file of ["file", "folder/inner/file", "other"]) here.write(file, "1");
  await world.rest();
  // As far as an engine sees, that is outside of its root.
  here.mkdir(".twinfold");
  for (const name of ["file", "folder"]) here.rename(name, `.twinfold/${name}`);
  const deed = () => {
    for (const name of ["file", "folder"]) here.rename(`.twinfold/${name}`, name);
  };
  world.amid = { call: "write", deed, fault };
  await world.rest();
  expect(paths(here)).toEqual(["file", "folder", "folder/inner", "folder/inner/file", "other"]);
  expect(paths(there)).toEqual(paths(here));
});

test.each([
  ["what went", false],
  ["what came", true],
])("a folder moved in Dropbox from an ignored name comes with all it holds, told %s first", async (_, isNewFirst) => {
  world.newFirst = isNewFirst;
  here.write(".mignore", "build\n");
  there.mkdir("build");
  there.mkdir("build/folder");
  there.upload("build/file", "1");
  await world.rest();
  there.move("build", "kept");
  await world.rest();
  expect(paths(here)).toEqual([".mignore", "kept", "kept/file", "kept/folder"]);
});

test("written while its hash is on its way, a file that was moved is read again", async () => {
  here.write("file", "1");
  await world.rest();
  here.rename("file", "moved");
  world.amid = { call: "hash", deed: () => here.write("moved", "2"), fault: { answerDelay: 300 } };
  await time.advance(5_000);
  expect(there.text("moved")).toBe("2");
});

test("a folder that is put in the place of one that is moved, just as that is looked at, is heard of", async () => {
  here.mkdir("a");
  here.write("a/file", "1");
  await world.rest();
  world.amid = { call: "list", deed: () => here.mkdir("a") };
  here.rename("a", "b");
  await time.advance(5_000);
  here.write("a/new", "2");
  await time.advance(5_000);
  expect(paths(there)).toEqual(["a", "a/new", "b", "b/file"]);
});

test("a file that took another's name is moved in Dropbox, though its own has been taken by a new one at once (seed 6021922)", async () => {
  here.write("file", "1");
  here.mkdir("folder");
  here.write("folder/file", "2");
  await world.rest();
  const known = there.identity("file");
  here.swap("file", "folder/file");
  here.unlink("file");
  here.write("file", "3");
  await world.rest();
  expect([there.text("file"), there.text("folder/file")]).toEqual(["3", "1"]);
  expect(there.identity("folder/file")).toBe(known);
});

test("a folder moved to an ignored name while a file in it is downloaded keeps that as it is (seed 7156308)", async () => {
  here.write(".mignore", "build\n");
  here.mkdir("folder");
  here.write("folder/file", "1");
  await world.rest();
  there.edit("folder/file", "2");
  const follow = () => {
    here.rename("folder", "build");
    // The folder's move in Dropbox takes longer than the download.
    world.amid = { call: "write", deed: () => undefined, fault: { delay: 20, answerDelay: 1_000 } };
  };
  world.amid = { call: "read", deed: follow, fault: { delay: 20 } };
  await world.rest();
  expect([paths(here), here.text("build/file")]).toEqual([[".mignore", "build", "build/file"], "1"]);
  expect([paths(there), there.text("build/file")]).toEqual([[".mignore", "build", "build/file"], "2"]);
});

test.each([["folder/a", "b"] as const, ["b", "folder/a"] as const])(
  "a folder that becomes ignored while %s steps aside for %s keeps no name of a moment (seed 25000464)",
  async (first, second) => {
    here.mkdir("folder");
    here.write(first, "1");
    await world.rest();
    here.write(second, "2");
    await world.rest();
    there.swap(first, second);
    world.amid = { call: "move", deed: () => here.write(".mignore", "/folder\n") };
    host.start();
    // What is no node's any more is left alone for a minute: another engine might be amid a swap.
    await time.advance(70_000);
    await world.rest();
    expect([...here.tree().keys()].filter((path) => path.includes("~twinfold"))).toEqual([]);
    expect(here.text("b")).toBe(there.text("b"));
    expect(new Set([...here.tree().values()].map((content) => content && Buffer.from(content).toString()))).toEqual(
      new Set([null, "/folder\n", "1", "2"]),
    );
  },
);
