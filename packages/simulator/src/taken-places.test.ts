import { beforeEach, expect, test } from "vitest";
import { pathsOf as paths, ToldWorld } from "./told-world.ts";

/**
 * What was at a place on disk when a transfer began is gone, and something of another kind has the name, while the
 * engine still waits whether the old thing turns up elsewhere: it has no path then, and the disk must not be asked for one.
 */
let world: ToldWorld;
let { here, there, host } = new ToldWorld();
beforeEach(async () => {
  world = new ToldWorld();
  ({ here, there, host } = world);
  await world.rest();
});

/** Seen on disk at once, and over before the old thing's absence is believed. */
const MOMENT = { delay: 60 };

test("a folder became a file while one in it was on its way to Dropbox", async () => {
  here.mkdir("d");
  await world.rest();
  const deed = () => {
    here.rmtree("d");
    here.write("d", "a file now");
  };
  world.amid = { call: "verify", deed, fault: MOMENT };
  here.write("d/a", "on its way");
  await world.rest();
  expect(host.defect).toBeUndefined();
  expect(there.text("d")).toBe("a file now");
});

test("a file became a folder while its new content was on its way from Dropbox", async () => {
  here.write("a", "one");
  await world.rest();
  const deed = () => {
    here.unlink("a");
    here.mkdir("a");
  };
  world.amid = { call: "read", deed, fault: MOMENT };
  there.edit("a", "two");
  await world.rest();
  const copy = "a (Ada Lovelace's conflicted copy 2026-01-05)";
  expect([host.defect, paths(here), here.text(copy)]).toEqual([undefined, ["a", copy], "two"]);
});
