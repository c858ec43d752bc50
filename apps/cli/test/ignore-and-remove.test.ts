import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { EXIT } from "../src/exit-codes.ts";
import { World } from "./harness.ts";

// Many commands a test, each a process that takes its time to start where others are busy.
vi.setConfig({ testTimeout: 120_000 });

let world: World;
beforeAll(async () => {
  world = new World();
  await world.begin();
  for (const path of ["a.log", "build/one", "build/deep/two", "kept"]) world.write(path, path);
  await world.settle();
}, 120_000);
afterAll(() => world.end());

test("it is said how much would go, and without a yes nothing is done", async () => {
  const ended = await world.run(["ignore", "add", "build/", "--remove-from-dropbox"]);
  expect(ended).toMatchObject({ code: EXIT.usage, out: "" });
  expect(ended.err).toContain("2 files, 23 B, would be taken out of Dropbox");
  expect(Object.keys(world.diskTree())).not.toContain(".mignore");
});

test("what the disk has goes from Dropbox and stays on disk, folders and all", async () => {
  const said = await world.ok("ignore", "add", "build/", "--remove-from-dropbox", "--yes");
  expect(said).toContain("2 files, 23 B, taken out of Dropbox");
  await world.settle();
  expect(await world.dropboxTree()).toEqual({ ".mignore": "build/\n", "a.log": "a.log", kept: "kept" });
  expect(world.diskTree()).toMatchObject({ "build/one": "build/one", "build/deep/two": "build/deep/two" });
});

test("what the disk does not have, or not the same, stays in Dropbox", async () => {
  world.write("b.log", "b");
  world.write(".mignore", "build/\n*.log\n");
  await world.settle();
  world.write("a.log", "edited here, and ignored");
  await world.upload("only-there.log", "1");
  await world.upload("b.log", "b");
  const said = await world.ok("ignore", "add", "*.log", "--remove-from-dropbox", "--yes");
  expect(said).toContain("1 file, 1 B, taken out of Dropbox; 2 files stayed there");
  await world.settle();
  expect(Object.keys(await world.dropboxTree())).toEqual([".mignore", "a.log", "kept", "only-there.log"]);
  expect(world.diskTree()).toMatchObject({ "b.log": "b" });
  // The line was there already.
  expect(readFileSync(join(world.root, ".mignore"), "utf8")).toBe("build/\n*.log\n");
});
