import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { openHome, stateFolder } from "../../apps/cli/src/home.ts";
import { World } from "../../apps/cli/test/harness.ts";
import { PATIENT, status, until, why } from "./answers.ts";
import { OwnMounts } from "./own-mounts.ts";
import { atRest, bothWays, expectBoth, expectNow, inOneWorld, scenario, theWorld } from "./scenario.ts";
import { diskOf, fill, move, swap, write } from "./sides.ts";

const MIB = 1024 * 1024;
const mounts = await OwnMounts.open();

/** A root on a small file system of its own, that only the engine sees; skipped where the system lets nobody have mounts. */
describe.skipIf(mounts === null)("a root on another file system (tmpfs)", () => {
  const own = mounts as OwnMounts;
  const disk = () => join(theWorld().folder, "disk");
  const mount = () => own.run("mount", "--bind", disk(), theWorld().root);

  // Declared first, it comes last: the engine is stopped through them.
  afterAll(() => own.close());
  inOneWorld((world) => {
    world.through = own.through;
    world.seen = own.at(world.root);
    mkdirSync(disk());
    own.run("mount", "-t", "tmpfs", "-o", "size=8m", "none", disk());
    mount();
  });

  bothWays((here) => `is a root like any other: moved, exchanged, edited ${here}`, {
    while: ["running", "stopped"],
    given: { a: "1", b: "2", "d/in": "3", edited: "4" },
    here: [swap("a", "b"), move("d", "e"), write("edited", "5"), write("new/er", "6")],
    outcome: { a: "2", b: "1", "e/in": "3", edited: "5", "new/er": "6" },
    kept: { a: "b", "d/in": "e/in" },
  });
  scenario("conflicts and all", {
    given: { a: "1" },
    disk: [write("a", "disk")],
    dropbox: [write("a", "dropbox")],
    outcome: { a: "dropbox", "a (conflicted copy)": "disk" },
  });
  test("unmounted while the engine runs: it stops and says so, and goes on with what was remembered once it is mounted and started again", async () => {
    const world = theWorld();
    await atRest(world, { a: "1", "d/b": "2" });
    own.run("umount", "--lazy", world.root);
    await world.upload("a", "edited");
    await until(world, { state: "needs attention", message: expect.stringMatching(/^the root /) });
    expect((await world.run(["wait", "--timeout", "1"])).code).toBe(1);
    await expectNow(world, { onDisk: {}, inDropbox: { a: "edited", "d/b": "2" } });
    await world.ok("stop");
    mount();
    world.write("d/b", "edited on disk");
    await world.ok("start");
    await expectBoth(world, { a: "edited", "d/b": "edited on disk" });
  });
  test("not mounted yet at the next start: what is there is taken for another root, and nothing is deleted in Dropbox", async () => {
    const world = theWorld();
    await atRest(world, { a: "1", "d/b": "2" });
    await world.ok("stop");
    own.run("umount", world.root);
    await world.ok("start");
    await expectBoth(world, { a: "1", "d/b": "2" });
    await world.ok("stop");
    mount();
    world.write("a", "edited on the disk");
    await world.ok("start");
    await expectBoth(world, { a: "1", "a (conflicted copy)": "edited on the disk", "d/b": "2" });
  });
  test("another file system is mounted over it: that one is left alone", async () => {
    const world = theWorld();
    await atRest(world, { a: "1", "d/b": "2" });
    own.run("mount", "-t", "tmpfs", "none", world.root);
    world.write("stranger", "3");
    await world.upload("a", "edited");
    await until(world, { state: "needs attention", message: expect.stringMatching(/^the root /) });
    expect((await world.run(["wait", "--timeout", "1"])).code).toBe(1);
    await expectNow(world, { onDisk: { stranger: "3" }, inDropbox: { a: "edited", "d/b": "2" } });
    own.run("umount", world.root);
    await expectBoth(world, { a: "edited", "d/b": "2" });
  });
  test("mounted read-only for a while: what is to come waits and is listed, uploads go on; then it comes", {
    timeout: 120_000,
  }, async () => {
    const world = theWorld();
    await atRest(world, { a: "1", "d/b": "2", c: "3" });
    const lease = join(stateFolder(openHome(world.env()), world.root), "lease.json");
    const beat = () => (JSON.parse(readFileSync(lease, "utf8")) as { beat: number }).beat;
    own.run("mount", "-o", "remount,bind,ro", world.root);
    try {
      await world.upload("a", "edited");
      await world.remove("c");
      // Through another mount of the same disk.
      writeFileSync(own.at(join(disk(), "d/b")), "edited on disk");
      await until(world, { state: "needs attention", notSynced: 2 });
      expect(await why(world, "a")).toMatchObject({
        state: "not synced",
        reason: expect.stringMatching(/read-only file system/),
        fix: { cause: "refused by disk" },
      });
      await expect.poll(() => world.dropboxTree(), PATIENT).toMatchObject({ "d/b": "edited on disk" });
      await expectNow(world, {
        onDisk: { a: "1", "d/b": "edited on disk", c: "3" },
        inDropbox: { a: "edited", "d/b": "edited on disk" },
      });
      // So long that the engine wanted to show in the root that it lives.
      const before = beat();
      await expect.poll(beat, PATIENT).toBeGreaterThan(before);
      expect(await status(world)).toMatchObject({ state: "needs attention" });
    } finally {
      own.run("mount", "-o", "remount,bind,rw", world.root);
    }
    await vi.waitFor(() => expectNow(world, { a: "edited", "d/b": "edited on disk" }), {
      timeout: 60_000,
      interval: 500,
    });
    await expectBoth(world, { a: "edited", "d/b": "edited on disk" });
  });
  test("full: it is said, uploads go on, and downloads go on by themselves when there is room", {
    timeout: 90_000,
  }, async () => {
    const world = theWorld();
    await atRest(world, { a: "1" });
    const filler = own.at(join(disk(), ".~filler"));
    writeFileSync(filler, Buffer.alloc(5 * MIB, 1));
    await world.upload("large", new Uint8Array(5 * MIB).fill(97));
    await until(world, { state: "disk full" });
    expect(await why(world, "large")).toMatchObject({
      state: "not synced",
      reason: "large does not fit: the disk is full",
      fix: { cause: "disk full" },
    });
    world.write("b", "goes up");
    await vi.waitFor(async () => expect(await world.dropboxTree()).toMatchObject({ b: "goes up" }), PATIENT);
    expect(existsSync(join(world.seen, "large"))).toBe(false);
    rmSync(filler);
    await vi.waitFor(async () => expect(await status(world)).toMatchObject({ state: "up to date" }), {
      timeout: 60_000,
      interval: 1_000,
    });
    await expectBoth(world, { a: "1", b: "goes up", large: "a".repeat(5 * MIB) });
  });
});

/** Three watches are all that the command has. */
const FEW_WATCHES = ["unshare", "-Ur", "sh", "-c", 'echo 3 > /proc/sys/user/max_inotify_watches && exec "$@"', "sh"];
const canLimit = spawnSync(FEW_WATCHES[0] ?? "", [...FEW_WATCHES.slice(1), "true"]).status === 0;

test.skipIf(!canLimit)(
  "watches are used up: what is not watched is found within seconds all the same, and that is said",
  async () => {
    const world = new World();
    try {
      world.through = FEW_WATCHES;
      const files = Object.fromEntries([..."abcdef"].map((name) => [`${name}/1`, "1"]));
      await fill(diskOf(world), files);
      await world.begin();
      expect(await status(world)).toMatchObject({
        state: "up to date",
        message: expect.stringMatching(/looked at every few seconds/),
      });
      await fill(diskOf(world), { ...files, "f/2": "2" });
      await vi.waitFor(async () => expect(await world.dropboxTree()).toMatchObject({ ...files, "f/2": "2" }), PATIENT);
    } finally {
      await world.end();
    }
  },
);
