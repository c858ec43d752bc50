import { beforeEach, expect, test } from "vitest";
import { pathsOf, ToldWorld } from "./told-world.ts";

/** A folder that was deleted on disk stays in Dropbox for what is ignored in it: until that is gone from there. */
let world: ToldWorld;
let { here, there, host } = new ToldWorld();
beforeEach(async () => {
  world = new ToldWorld();
  ({ here, there, host } = world);
  here.write(".mignore", "*.log\n");
  here.mkdir("other");
  await keep();
});

async function keep(): Promise<void> {
  here.mkdir("kept");
  here.write("kept/a", "text");
  await world.rest();
  there.upload("kept/x.log", "a log");
  await world.rest();
  here.rmtree("kept");
  await world.rest();
  expect(pathsOf(there)).toContain("kept/x.log");
  expect(pathsOf(there)).not.toContain("kept/a");
}

test.each([
  ["to another folder", "other/x.log", []],
  ["to the top", "x.log", []],
  ["to a name that is not ignored", "x.txt", ["x.txt"]],
  ["to such a name in another folder", "other/x.txt", ["other/x.txt"]],
])("it is moved in Dropbox, %s: the folder goes, whichever half of the move is told first", async (_, to, onDisk) => {
  for (const newFirst of [false, true]) {
    world.newFirst = newFirst;
    there.move("kept/x.log", to);
    await world.rest();
    expect(host.defect).toBeUndefined();
    expect(pathsOf(there)).not.toContain("kept");
    expect(pathsOf(there)).toContain(to);
    expect(pathsOf(here).filter((path) => path.includes("x"))).toEqual(onDisk);
    // Once more, as before.
    there.remove(to);
    await keep();
  }
});

test("it is deleted in Dropbox: the folder goes", async () => {
  there.remove("kept/x.log");
  await world.rest();
  expect(pathsOf(there)).not.toContain("kept");
});

test("it gets another ignored name in its folder: that stays", async () => {
  there.move("kept/x.log", "kept/y.log");
  await world.rest();
  expect(pathsOf(there)).toContain("kept/y.log");
  expect(pathsOf(here)).not.toContain("kept");
});

test("one of two leaves: the folder stays for the other, and goes with that", async () => {
  there.upload("kept/y.log", "another");
  await world.rest();
  there.move("kept/x.log", "x.log");
  await world.rest();
  expect(pathsOf(there)).toContain("kept/y.log");
  there.move("kept/y.log", "y.log");
  await world.rest();
  expect(pathsOf(there)).not.toContain("kept");
});
