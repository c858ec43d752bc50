import { renameSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { PATIENT, plan, status, why } from "./answers.ts";
import { atRest, expectBoth, inOneWorld, theWorld } from "./scenario.ts";

/** `twinfold why PATH` of what is told nowhere else in this folder: what is ignored, held, unreadable or ill-named has its own. */
inOneWorld();

test("in sync, and since when; nothing is there", async () => {
  const world = theWorld();
  await atRest(world, {});
  const before = Date.now();
  world.write("d/a.txt", "1");
  await expectBoth(world, { "d/a.txt": "1" });
  const since = async () => {
    const said = await world.ok("why", "d/a.txt");
    return Date.parse(/^d\/a\.txt: in sync\nthe same on both sides since (\S+)\n$/.exec(said)?.[1] ?? "");
  };
  const first = await since();
  // In whole seconds.
  expect(first).toBeGreaterThan(before - 1_000);
  expect(first).toBeLessThanOrEqual(Date.now());
  // What happens to others does not make it newer; what happens to it does.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  world.write("d/other.txt", "1");
  await expectBoth(world, { "d/a.txt": "1", "d/other.txt": "1" });
  expect(await since()).toBe(first);
  world.write("d/a.txt", "2");
  await expectBoth(world, { "d/a.txt": "2", "d/other.txt": "1" });
  expect(await since()).toBeGreaterThan(first);
  expect(await why(world, "d")).toMatchObject({ state: "in sync" });
  // As Dropbox sees it, the case of a name is all one.
  expect(await why(world, "D/A.TXT")).toMatchObject({ state: "in sync" });
  expect(await world.ok("why", "d/b.txt")).toBe(
    "d/b.txt: unknown\nthere is nothing at this path, on disk or in Dropbox\n",
  );
});

test("pending: what is to be done, and why", async () => {
  const world = theWorld();
  await atRest(world, { edited: "1", deleted: "1", moved: "1", "edited there": "1", "deleted there": "1" });
  await world.ok("pause");
  world.write("new/file", "1");
  world.write("edited", "2");
  rmSync(join(world.root, "deleted"));
  renameSync(join(world.root, "moved"), join(world.root, "moved on"));
  await world.upload("edited there", "2");
  await world.remove("deleted there");
  await world.upload("new there", "1");
  const told = {
    "new/file": "upload: new on disk",
    new: "create folder: new on disk",
    edited: "upload: edited on disk",
    deleted: "delete: deleted on disk",
    "moved on": "move: moved on disk",
    moved: "move: moved on disk",
    "edited there": "download: edited in Dropbox",
    "deleted there": "delete: deleted in Dropbox",
    "new there": "download: new in Dropbox",
  };
  await vi.waitFor(async () => {
    for (const [path, reason] of Object.entries(told))
      expect(await why(world, path), path).toEqual({ path, state: "pending", reason });
  }, PATIENT);
  await world.ok("resume");
  await world.settle();
  for (const path of ["new/file", "edited", "moved on", "edited there", "new there"])
    expect(await why(world, path), path).toMatchObject({ state: "in sync" });
  for (const path of ["deleted", "moved", "deleted there"])
    expect(await why(world, path), path).toEqual({
      path,
      state: "unknown",
      reason: "there is nothing at this path, on disk or in Dropbox",
    });
});

test("a conflict: the copy says that it is one, the original is in sync; renamed, the copy is a file like any other", async () => {
  const world = theWorld();
  await atRest(world, { "a.txt": "0" });
  await world.ok("pause");
  world.write("a.txt", "disk");
  await world.upload("a.txt", "dropbox");
  await world.ok("resume");
  await expectBoth(world, { "a.txt": "dropbox", "a (conflicted copy).txt": "disk" });
  const copy = Object.keys(world.diskTree()).find((path) => path !== "a.txt") ?? "";
  expect(await why(world, copy)).toEqual({
    path: copy,
    state: "conflict",
    reason: "a version that was kept beside another; both are in sync",
  });
  expect(await why(world, "a.txt")).toMatchObject({ state: "in sync" });
  expect(await status(world)).toMatchObject({ state: "needs attention", conflicts: 1 });
  renameSync(join(world.root, copy), join(world.root, "mine.txt"));
  await expectBoth(world, { "a.txt": "dropbox", "mine.txt": "disk" });
  expect(await why(world, "mine.txt")).toMatchObject({ state: "in sync" });
  expect(await status(world)).toMatchObject({ state: "up to date", conflicts: 0 });
});

test("a file that is too large for Dropbox: listed with the reason, never read, the rest goes on; cut to a size that it takes, it comes", async () => {
  const world = theWorld();
  await atRest(world, {});
  world.write("huge", "");
  // All of it a hole: it takes no room, but hours to be read.
  truncateSync(join(world.root, "huge"), 3 * 2 ** 40);
  world.write("small", "1");
  await world.settle();
  expect(await world.dropboxTree()).toEqual({ small: "1" });
  const reason = `larger than Dropbox takes (${2 ** 41 - 4 * 1024 * 1024} bytes)`;
  const fix = {
    cause: "too large",
    sentence: "Split it into smaller files, or leave it out by a line of the ignore file.",
  };
  expect(await why(world, "huge")).toEqual({ path: "huge", state: "not synced", reason, fix });
  expect(await world.ok("why", "huge")).toBe(`huge: not synced\n${reason}\n${fix.sentence}\n`);
  expect((await plan(world)).notSynced).toEqual([{ path: "huge", side: "local", reason }]);
  expect(await world.ok("plan")).toContain(`not synced: huge   ${reason}\n`);
  expect(await status(world)).toMatchObject({ state: "needs attention", notSynced: 1, pending: { up: 0, down: 0 } });
  truncateSync(join(world.root, "huge"), 1);
  await expectBoth(world, { huge: "\0", small: "1" });
});
