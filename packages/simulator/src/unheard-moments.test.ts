import { FileSystemError, type RelativePath } from "@twinfold/engine";
import { beforeEach, expect, test } from "vitest";
import { pathsOf as paths, ToldWorld } from "./told-world.ts";

/** What happens on disk without a word to the engine. */
let world: ToldWorld;
let { time, here, there } = new ToldWorld();
beforeEach(() => {
  world = new ToldWorld();
  ({ time, here, there } = world);
});

test("moved unheard into a folder that is deleted in Dropbox, a file stays, and is on both sides", async () => {
  here.mkdir("folder");
  here.write("file", "1");
  await world.rest();
  world.unheard = "folder";
  here.rename("file", "folder/file");
  there.remove("folder");
  await time.advance(5_000);
  expect([paths(here), paths(there)]).toEqual([
    ["folder", "folder/file"],
    ["folder", "folder/file"],
  ]);
});

test("what is written through one name of a hard link goes to Dropbox by all its names", async () => {
  here.mkdir("folder");
  here.write("file", "1");
  here.hardLink("file", "folder/other");
  await world.rest();
  here.write("file", "2");
  await time.advance(5_000);
  expect([there.text("file"), there.text("folder/other")]).toEqual(["2", "2"]);
});

test("a folder that could not be listed for once is listed again at once", async () => {
  here.mkdir("folder");
  await world.rest();
  const before = new FileSystemError("unreadable", "folder" as RelativePath, "unreadable, for once");
  world.amid = { call: "list", deed: () => undefined, fault: { before } };
  here.write("folder/file", "1");
  await time.advance(5_000);
  expect(paths(there)).toEqual(["folder", "folder/file"]);
});

test("a file that is written to all the time, and never closed, goes to Dropbox all the same", async () => {
  here.write("file", "0");
  await world.rest();
  for (let writes = 1; writes <= 100; writes++) {
    world.disk.overwrite("file" as RelativePath, Buffer.from(`${writes}`), false);
    await time.advance(50);
  }
  expect(Number(there.text("file"))).toBeGreaterThan(10);
  await world.rest();
  expect(there.text("file")).toBe("100");
});

test.each(["FILE", "moved"])(
  "renamed to %s beside an ignored hard link to it, a file is moved, and not let go",
  async (name) => {
    here.write(".mignore", "a\n");
    here.write("file", "1");
    here.hardLink("file", "a");
    await world.rest();
    const before = there.identity("file");
    here.rename("file", name);
    await world.rest();
    expect([paths(there), there.identity(name)]).toEqual([[".mignore", name], before]);
  },
);

test("written through a new name of it, a file is sent though nothing was heard of its own (seed 7021482)", async () => {
  here.write("file", "1");
  here.mkdir("folder");
  await world.rest();
  here.hardLink("file", "folder/other");
  here.write("folder/other", "2");
  await time.advance(5_000);
  expect([there.text("file"), there.text("folder/other")]).toEqual(["2", "2"]);
});
