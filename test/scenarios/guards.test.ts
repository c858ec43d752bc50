import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { plan, status, until, why } from "./answers.ts";
import { atRest, bothWays, expectBoth, expectNow, inOneWorld, theWorld } from "./scenario.ts";
import { diskOf, fill, remove, type Tree, write } from "./sides.ts";

/** Enough that a side which loses them all at once is not taken at its word. */
const DOZEN: Tree = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`d/${i}`, `${i}`]));
const MANY: Tree = Object.fromEntries(Array.from({ length: 110 }, (_, i) => [`many/${i}`, `${i}`]));

inOneWorld();

describe("the root", () => {
  const away = () => `${theWorld().root}-away`;
  afterEach(() => {
    rmSync(away(), { recursive: true, force: true });
    mkdirSync(theWorld().root, { recursive: true });
  });

  test("moved away while the engine runs: it stops and says so, and goes on when the root is back", async () => {
    const world = theWorld();
    await atRest(world, DOZEN);
    renameSync(world.root, away());
    await until(world, { state: "needs attention", message: expect.stringMatching(/^the root /) });
    await world.upload("new", "1");
    await world.upload("d/0", "2");
    writeFileSync(join(away(), "d/1"), "3");
    expect((await world.run(["wait", "--timeout", "1"])).code).toBe(1);
    renameSync(away(), world.root);
    await expectBoth(world, { ...DOZEN, new: "1", "d/0": "2", "d/1": "3" });
  });
  test("replaced by another folder while the engine runs: that one is left alone, and known for another at the next start", async () => {
    const world = theWorld();
    await atRest(world, DOZEN);
    renameSync(world.root, away());
    mkdirSync(world.root);
    world.write("stranger", "1");
    await until(world, { state: "needs attention", message: expect.stringMatching(/^the root /) });
    await world.upload("d/0", "2");
    expect((await world.run(["wait", "--timeout", "1"])).code).toBe(1);
    await expectNow(world, { onDisk: { stranger: "1" }, inDropbox: { ...DOZEN, "d/0": "2" } });
    await world.ok("stop");
    await world.ok("start");
    await expectBoth(world, { ...DOZEN, "d/0": "2", stranger: "1" });
  });
  test("deleted while nothing runs: Dropbox keeps everything, and it comes into the folder that is made in its place", async () => {
    const world = theWorld();
    await atRest(world, { "a.txt": "1", "d/b.txt": "2" });
    const { ino } = statSync(world.root);
    await world.ok("stop");
    rmSync(world.root, { recursive: true });
    expect((await world.run(["start"])).err).toContain("does not exist");
    renameSync(newFolderLike(ino), world.root);
    await world.ok("start");
    await expectBoth(world, { "a.txt": "1", "d/b.txt": "2" });
  });
  test("deleted while the engine runs: Dropbox keeps everything", async () => {
    const world = theWorld();
    await atRest(world, DOZEN);
    rmSync(world.root, { recursive: true });
    await until(world, { state: "needs attention" });
    expect((await world.run(["wait", "--timeout", "1"])).code).toBe(1);
    await world.ok("stop");
    mkdirSync(world.root);
    await world.ok("start");
    await expectBoth(world, DOZEN);
  });
  test("a backup put in its place: both sides are compared by content, nothing is deleted", async () => {
    const world = theWorld();
    await atRest(world, DOZEN);
    cpSync(world.root, away(), { recursive: true });
    await world.ok("stop");
    rmSync(world.root, { recursive: true });
    renameSync(away(), world.root);
    rmSync(join(world.root, "d/1"));
    await world.remove("d/2");
    await world.upload("d/3", "dropbox");
    await world.ok("start");
    await expectBoth(world, { ...DOZEN, "d/3": "dropbox", "d/3 (conflicted copy)": "3" });
  });

  /** File systems such as ext4 give a new folder the inode of one that was just deleted. */
  function newFolderLike(ino: number): string {
    let folder = "";
    for (let tries = 0; tries < 20; tries++) {
      folder = mkdtempSync(join(theWorld().folder, "new-"));
      if (statSync(folder).ino === ino) break;
    }
    return folder;
  }
});

describe("deletions that are too many to be believed", () => {
  for (const mode of ["running", "stopped"] as const) {
    bothWays((here) => `a dozen files and no more, all deleted ${here} (engine ${mode}): held, and brought back`, {
      while: mode,
      given: DOZEN,
      here: [remove("d")],
      held: { meanwhile: { here: {}, there: DOZEN }, answer: "bring-back" },
      outcome: DOZEN,
    });
  }
  bothWays(
    (here, there) =>
      `more than a hundred of all files deleted ${here}: held, and all else goes on; applied, they are deleted ${there} too`,
    {
      while: "running",
      given: { ...MANY, "edited here": "1", "edited there": "2", deleted: "3" },
      here: [remove("many"), write("edited here", "4"), write("new", "5")],
      there: [write("edited there", "6")],
      held: {
        meanwhile: {
          here: { "edited here": "4", "edited there": "6", new: "5", deleted: "3" },
          there: { ...MANY, "edited here": "4", "edited there": "6", new: "5", deleted: "3" },
        },
        answer: "apply",
      },
      outcome: { "edited here": "4", "edited there": "6", new: "5", deleted: "3" },
    },
  );
  bothWays((here) => `more than a hundred of all files deleted ${here}: brought back, they are there as before`, {
    while: "stopped",
    given: { ...MANY, other: "1" },
    here: [remove("many"), write("many/1", "new")],
    held: {
      meanwhile: { here: { "many/1": "new", other: "1" }, there: { ...MANY, "many/1": "new", other: "1" } },
      answer: "bring-back",
    },
    outcome: { ...MANY, "many/1": "new", other: "1" },
  });
  test("they are held until somebody says so, through restarts; `why` and `plan` name them", async () => {
    const world = theWorld();
    await atRest(world, DOZEN);
    rmSync(join(world.root, "d"), { recursive: true });
    await until(world, { message: expect.stringMatching(/held back/) });
    process.kill(world.daemonPid(), "SIGKILL");
    await world.ok("start");
    await until(world, { message: expect.stringMatching(/held back/) });
    expect(await why(world, "d/1")).toMatchObject({ state: "held" });
    expect((await plan(world)).operations).toContainEqual(
      expect.objectContaining({ direction: "up", action: "delete", path: "d", held: true }),
    );
    expect(await status(world)).toMatchObject({ state: "needs attention", held: expect.any(Number) });
    await expectNow(world, { onDisk: {}, inDropbox: DOZEN });
    await fill(diskOf(world), DOZEN);
    await expectBoth(world, DOZEN);
  });
});

describe("the session's folder in Dropbox", () => {
  for (const answer of ["bring-back", "apply"] as const) {
    test(`deleted there, it is no order to delete everything here: ${answer}`, async () => {
      const world = theWorld();
      await atRest(world, DOZEN);
      await world.api("files/delete_v2", { path: "/A/B/C" });
      await until(world, { state: "needs attention", message: expect.stringMatching(/gone from Dropbox/) });
      process.kill(world.daemonPid(), "SIGKILL");
      await world.ok("start");
      await until(world, { state: "needs attention", message: expect.stringMatching(/gone from Dropbox/) });
      world.write("new", "1");
      expect((await world.run(["wait", "--timeout", "1"])).code).toBe(1);
      expect(world.diskTree()).toMatchObject({ "d/1": "1", new: "1" });
      await world.ok("held", answer);
      await expectBoth(world, answer === "apply" ? { new: "1" } : { ...DOZEN, new: "1" });
    });
  }
});
