import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openHome, stateFolder } from "../../apps/cli/src/home.ts";
import { World } from "../../apps/cli/test/harness.ts";
import { atRest, expectBoth, inOneWorld, theWorld } from "./scenario.ts";

/** What is remembered, but is not about these two folders as they are now, is never a reason to delete. */
const FILES = { "a.txt": "1", "d/b.txt": "2", "d/c.txt": "3" };

inOneWorld();

const stateOf = (world: World) => stateFolder(openHome(world.env()), world.root);

test("rolled back, as in a home restored from a backup: both sides are compared by content, nothing is deleted", async () => {
  const world = theWorld();
  await atRest(world, FILES);
  await world.ok("stop");
  const backup = join(world.folder, "backup");
  cpSync(stateOf(world), backup, { recursive: true });
  await world.ok("start");
  world.write("d/b.txt", "edited since");
  world.write("since.txt", "4");
  await world.remove("d/c.txt");
  await world.settle();
  await world.ok("stop");
  rmSync(stateOf(world), { recursive: true });
  cpSync(backup, stateOf(world), { recursive: true });
  // By the old state these are deletions; by what both sides have had last, too, but that is not known any more.
  rmSync(join(world.root, "a.txt"));
  await world.remove("since.txt");
  await world.ok("start");
  await expectBoth(world, { "a.txt": "1", "d/b.txt": "edited since", "since.txt": "4" });
  await world.remove("a.txt");
  await expectBoth(world, { "d/b.txt": "edited since", "since.txt": "4" });
});

test("copied to a second machine: there it is about nothing", async () => {
  const world = theWorld();
  await atRest(world, FILES);
  await world.ok("stop");
  const second = world.beside();
  try {
    await second.link();
    cpSync(stateOf(world), stateOf(second), { recursive: true });
    second.write("mine", "4");
    await second.ok("start", "--root", second.root, "--remote", "/A/B/C");
    await expectBoth(second, { ...FILES, mine: "4" });
  } finally {
    await second.end();
  }
  await world.ok("start");
  await expectBoth(world, { ...FILES, mine: "4" });
});

test("a machine is cloned, the root and what is remembered: both go on, nothing is deleted, and they meet", async () => {
  const world = theWorld();
  await atRest(world, FILES);
  await world.ok("stop");
  const clone = world.beside();
  try {
    await clone.link();
    rmSync(clone.root, { recursive: true });
    cpSync(world.root, clone.root, { recursive: true, preserveTimestamps: true });
    cpSync(stateOf(world), stateOf(clone), { recursive: true });
    // By what is remembered this is a deletion; but that is about the other's root.
    rmSync(join(clone.root, "d/c.txt"));
    clone.write("d/b.txt", "edited on the clone");
    world.write("a.txt", "edited");
    await world.ok("start");
    await world.settle();
    await clone.ok("start", "--root", clone.root, "--remote", "/A/B/C");
    // The clone knows no common version of what is not the same.
    const all = {
      "a.txt": "edited",
      "a (conflicted copy).txt": "1",
      "d/b.txt": "2",
      "d/b (conflicted copy).txt": "edited on the clone",
      "d/c.txt": "3",
    };
    await expectBoth(clone, all);
    await expectBoth(world, all);
    world.write("d/c.txt", "edited once more");
    await expectBoth(world, { ...all, "d/c.txt": "edited once more" });
    await expectBoth(clone, { ...all, "d/c.txt": "edited once more" });
  } finally {
    await clone.end();
  }
});

test("another account is linked: nothing is deleted on either side, and the first account keeps what it has", async () => {
  const world = theWorld();
  await atRest(world, FILES);
  const first = world.ready;
  const stranger = new World();
  try {
    await stranger.startDropbox();
    await world.ok("stop");
    world.ready = stranger.ready;
    await world.link();
    await world.ok("start");
    await expectBoth(world, FILES);
    await world.remove("a.txt");
    await expectBoth(world, { "d/b.txt": "2", "d/c.txt": "3" });
    await world.ok("stop");
    world.ready = first;
    await world.link();
    // For the first account too, what was remembered of the other is about nothing.
    await world.ok("start");
    await expectBoth(world, FILES);
  } finally {
    world.ready = first;
    await stranger.end();
  }
});

test("another Dropbox folder is named for the same root: nothing is deleted in either", async () => {
  const world = theWorld();
  await atRest(world, FILES);
  await world.ok("stop");
  expect((await world.run(["start", "--root", world.root, "--remote", "/Elsewhere"])).code).toBe(2);
  await world.ok("forget", "--root", world.root);
  await world.ok("start", "--root", world.root, "--remote", "/Elsewhere");
  await world.settle();
  expect(await world.dropboxTree("/Elsewhere")).toEqual(world.diskTree());
  expect(world.diskTree()).toMatchObject(FILES);
  await world.ok("stop");
  rmSync(join(world.root, "a.txt"));
  await world.ok("forget", "--root", world.root);
  await world.ok("start", "--root", world.root, "--remote", "/A/B/C");
  await expectBoth(world, FILES);
});
