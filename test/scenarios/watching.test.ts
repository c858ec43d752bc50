import { readFileSync, renameSync, rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { PATIENT } from "./answers.ts";
import { atRest, expectBoth, inOneWorld, theWorld } from "./scenario.ts";

inOneWorld();

test("inotify's queue runs over while the engine has no turn: what was not told is found all the same", async () => {
  const world = theWorld();
  await atRest(world, { a: "1", b: "2", "d/moved": "3", "d/gone": "4", "d/edited": "5" });
  const longest = Number(readFileSync("/proc/sys/fs/inotify/max_queued_events", "utf8"));
  const daemon = world.daemonPid();
  process.kill(daemon, "SIGSTOP");
  try {
    // Two in turn: what is told of one file twice in a row is one event.
    for (let i = 0; i < longest + 1_000; i++) utimesSync(join(world.root, i % 2 === 0 ? "a" : "b"), i, i);
    world.write("new/er", "6");
    world.write("d/edited", "7");
    renameSync(join(world.root, "d/moved"), join(world.root, "moved"));
    rmSync(join(world.root, "d/gone"));
  } finally {
    process.kill(daemon, "SIGCONT");
  }
  const now = { a: "1", b: "2", "d/edited": "7", "new/er": "6", moved: "3" };
  // Nobody asks the engine to look, as `wait` would.
  await vi.waitFor(async () => expect(await world.dropboxTree()).toEqual({ ...now, d: null, new: null }), PATIENT);
  await expectBoth(world, now);
});
