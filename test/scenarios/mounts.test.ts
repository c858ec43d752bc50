import { mkdirSync, mkdtempSync, readdirSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import type { World } from "../../apps/cli/test/harness.ts";
import { PATIENT, status, until, why } from "./answers.ts";
import { OwnMounts } from "./own-mounts.ts";
import { atRest, expectBoth, expectNow, inOneWorld, theWorld } from "./scenario.ts";

const MIB = 1024 * 1024;
const mounts = await OwnMounts.open();
const GONE = expect.stringMatching(/^the disk that was mounted here is gone/);

/** A folder of another disk's, mounted at `data` inside the root; skipped where the system lets nobody have mounts. */
describe.skipIf(mounts === null)("a disk that is mounted inside the root", () => {
  const own = mounts as OwnMounts;
  let store: string;
  const at = (path: string) => join(theWorld().root, path);
  const seen = (path: string) => join(theWorld().seen, path);
  const mount = () => own.run("mount", "--bind", store, at("data"));
  const umount = () => own.run("umount", "-l", at("data"));
  const deep = "a/b/c/d/e/data";
  const mountDeep = () => own.run("mount", "--bind", store, at(deep));
  const umountDeep = () => own.run("umount", "-l", at(deep));

  // Declared first, it comes last: the engine is stopped through them.
  afterAll(() => own.close());
  inOneWorld((world) => {
    world.through = own.through;
    world.seen = own.at(world.root);
  });
  afterEach(() => {
    for (const path of ["data/in", "data", "other", deep]) {
      try {
        own.run("umount", "-l", at(path));
      } catch {
        // Nothing was mounted there.
      }
    }
    rmSync(seen("data"), { recursive: true, force: true });
  });

  /** Mounted before anything is in it, so that it is the disk's, and at rest. */
  async function mounted(given: Readonly<Record<string, string>>): Promise<World> {
    const world = theWorld();
    await atRest(world, {});
    store = mkdtempSync(join(world.folder, "disk-"));
    mkdirSync(seen("data"));
    mount();
    for (const [path, content] of Object.entries(given)) world.write(path, content);
    await expectBoth(world, given);
    return world;
  }

  /** What was done in Dropbox while it was gone waits, and the rest goes on. */
  async function expectWaiting(world: World): Promise<void> {
    world.write("beside", "edited");
    await until(world, { state: "needs attention", held: 0 });
    await vi.waitFor(async () => expect(await world.dropboxTree()).toMatchObject({ beside: "edited" }), PATIENT);
    expect(await why(world, "data")).toMatchObject({ state: "not synced", reason: GONE, fix: { cause: "disk gone" } });
    expect(await why(world, "data/d/a")).toMatchObject({
      state: "not synced",
      reason: GONE,
      fix: { cause: "disk gone" },
    });
    await expectNow(world, {
      onDisk: { beside: "edited", "data/": "" },
      inDropbox: { beside: "edited", "data/d/a": "1", "data/b": "edited", "data/new/er": "4" },
    });
  }

  async function edit(world: World): Promise<void> {
    await world.upload("data/b", "edited");
    await world.upload("data/new/er", "4");
    await world.remove("data/c");
  }

  test("gone while the engine runs: nothing is deleted in Dropbox, and what changes there arrives when it is back", async () => {
    const world = await mounted({ beside: "0", "data/d/a": "1", "data/b": "2", "data/c": "3" });
    umount();
    await edit(world);
    await expectWaiting(world);
    mount();
    await expectBoth(world, { beside: "edited", "data/d/a": "1", "data/b": "edited", "data/new/er": "4" });
    expect(await status(world)).toMatchObject({ state: "up to date" });
  });
  test("gone while the engine is stopped: the same", { timeout: 90_000 }, async () => {
    const world = await mounted({ beside: "0", "data/d/a": "1", "data/b": "2", "data/c": "3" });
    await world.ok("stop");
    umount();
    await edit(world);
    await world.ok("start");
    await expectWaiting(world);
    await world.ok("stop");
    mount();
    await world.ok("start");
    await expectBoth(world, { beside: "edited", "data/d/a": "1", "data/b": "edited", "data/new/er": "4" });
  });
  test("gone, and its empty folder deleted: that is a deletion", async () => {
    const world = await mounted({ beside: "0", "data/d/a": "1", "data/b": "2" });
    umount();
    await world.settle();
    expect(await status(world)).toMatchObject({ state: "needs attention", notSynced: 1 });
    rmdirSync(seen("data"));
    await expectBoth(world, { beside: "0" });
  });
  test("another disk takes its place: nothing is deleted in Dropbox, and what is there comes to the new one", async () => {
    const world = await mounted({ beside: "0", "data/d/a": "1", "data/b": "2", "data/c": "3" });
    umount();
    await world.settle();
    store = mkdtempSync(join(world.folder, "disk-"));
    writeFileSync(join(store, "b"), "another's");
    mount();
    world.write("beside", "edited");
    await world.settle();
    await expectBoth(world, {
      ...{ beside: "edited", "data/d/a": "1", "data/b": "2", "data/c": "3" },
      "data/b (conflicted copy)": "another's",
    });
  });
  const inDeep = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`${deep}/${i}`, `${i}`]));

  /** A look at everything comes to the disk late, and goes on for longer than an absence has to last. */
  async function amidMuch(): Promise<World> {
    const world = theWorld();
    await atRest(world, {});
    for (let i = 0; i < 1_000; i++) mkdirSync(seen(`before/${i}`), { recursive: true });
    for (let i = 0; i < 1_500; i++) mkdirSync(seen(`p/q/r/s/t/u/v/${i}`), { recursive: true });
    mkdirSync(seen(deep), { recursive: true });
    store = mkdtempSync(join(world.folder, "disk-"));
    return world;
  }
  async function amidALook(world: World, after: number, act: () => void): Promise<void> {
    const looked = world.comesToRest(25);
    await new Promise((resolve) => setTimeout(resolve, after));
    act();
    await looked;
    await world.settle();
  }

  test("it goes while everything is looked at: nothing in it is deleted in Dropbox", { timeout: 120_000 }, async () => {
    const world = await amidMuch();
    mountDeep();
    for (const [path, content] of Object.entries(inDeep)) world.write(path, content);
    await world.settle();
    for (const after of [20, 50, 100, 150]) {
      await amidALook(world, after, umountDeep);
      expect(await world.dropboxTree()).toMatchObject(inDeep);
      mountDeep();
      await world.settle();
    }
    umountDeep();
  });
  test("it is mounted over a folder that is in sync, while everything is looked at: what was in that comes to it, too", {
    timeout: 120_000,
  }, async () => {
    const world = await amidMuch();
    // Each time another folder: where a disk was once, one that comes is no surprise.
    for (const after of [20, 50, 100, 150]) {
      const folder = `${deep}/${after}`;
      const files = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`${folder}/${i}`, `${after} ${i}`]));
      mkdirSync(seen(folder));
      for (const [path, content] of Object.entries(files)) world.write(path, content);
      await world.settle();
      store = mkdtempSync(join(world.folder, "disk-"));
      writeFileSync(join(store, "0"), `another's after ${after} ms`);
      await amidALook(world, after, () => own.run("mount", "--bind", store, at(folder)));
      const inDropbox = await world.dropboxTree();
      expect(inDropbox).toMatchObject(files);
      expect(Object.values(inDropbox)).toContain(`another's after ${after} ms`);
      expect(readdirSync(store)).toEqual(expect.arrayContaining(Object.keys(files).map((path) => basename(path))));
      own.run("umount", "-l", at(folder));
    }
  });
  test.each(["running", "stopped"])(
    "it is mounted elsewhere, over a folder that is in sync, engine %s: what was in that comes to it, and nothing is deleted",
    {
      timeout: 90_000,
    },
    async (engine) => {
      const world = await mounted({ "data/d/a": "1", "data/b": "2", "other/b": "3", "other/c": "4" });
      if (engine === "stopped") await world.ok("stop");
      umount();
      own.run("mount", "--bind", store, at("other"));
      if (engine === "stopped") await world.ok("start");
      world.write("beside", "seen");
      await until(world, { state: "needs attention" });
      await expectNow(world, {
        onDisk: {
          ...{ beside: "seen", "data/": "", "other/d/a": "1", "other/b": "3", "other/c": "4" },
          "other/b (conflicted copy)": "2",
        },
        inDropbox: {
          ...{ beside: "seen", "data/d/a": "1", "data/b": "2", "other/d/a": "1", "other/b": "3", "other/c": "4" },
          "other/b (conflicted copy)": "2",
        },
      });
    },
  );
  test("a disk in it goes together with it, and it is back alone: what was on the inner one stays in Dropbox", {
    timeout: 90_000,
  }, async () => {
    const world = await mounted({ "data/b": "2" });
    const innerStore = mkdtempSync(join(world.folder, "disk-"));
    mkdirSync(seen("data/in"));
    own.run("mount", "--bind", innerStore, at("data/in"));
    world.write("data/in/a", "1");
    await expectBoth(world, { "data/b": "2", "data/in/a": "1" });
    await world.ok("stop");
    own.run("umount", "-l", at("data/in"));
    umount();
    await world.ok("start");
    await until(world, { state: "needs attention" });
    mount();
    world.write("beside", "1");
    await world.settle();
    expect(await world.dropboxTree()).toMatchObject({ "data/b": "2", "data/in/a": "1" });
    own.run("mount", "--bind", innerStore, at("data/in"));
    world.write("beside", "2");
    await expectBoth(world, { beside: "2", "data/b": "2", "data/in/a": "1" });
    own.run("umount", "-l", at("data/in"));
  });
  test("files and folders that are moved to it in Dropbox, and from it, move on disk", async () => {
    const world = await mounted({ a: "1", "d/e/b": "2", "d/c": "3", "data/f": "4", "data/g/h": "5" });
    await world.move("a", "data/a");
    await world.move("d", "data/d");
    await world.move("data/f", "f");
    await world.move("data/g", "g");
    await expectBoth(world, { "data/a": "1", "data/d/e/b": "2", "data/d/c": "3", f: "4", "g/h": "5" });
    expect(await status(world)).toMatchObject({ state: "up to date" });
  });
  test("edited on disk while it is moved to it in Dropbox: both live", async () => {
    const world = await mounted({ a: "1", "data/b": "2" });
    await world.ok("pause");
    world.write("a", "edited");
    await world.move("a", "data/a");
    await world.ok("resume");
    await expectBoth(world, { a: "edited", "data/a": "1", "data/b": "2" });
  });
  test("deleted in Dropbox: its files go, and why its folder can't is said", async () => {
    const world = await mounted({ beside: "0", "data/d/a": "1", "data/b": "2" });
    await world.remove("data");
    await until(world, { notSynced: 1 });
    expect(await why(world, "data")).toMatchObject({
      state: "not synced",
      reason: "data is in use: something may be mounted there",
    });
    await expectNow(world, { onDisk: { beside: "0", "data/": "" }, inDropbox: { beside: "0" } });
    umount();
    rmdirSync(seen("data"));
    await expectBoth(world, { beside: "0" });
  });
  test("killed while a file is replaced there: the new one is there after the next start, and nothing else is left", {
    timeout: 90_000,
  }, async () => {
    const world = await mounted({ "data/d/a": "1" });
    const large = "x".repeat(10 * MIB);
    await world.upload("data/d/a", large);
    // From the first byte until the old file's grace is over.
    await vi.waitFor(() => expect(readdirSync(seen("data"))).toContain(".~twinfold"), { ...PATIENT, interval: 1 });
    process.kill(world.daemonPid(), "SIGKILL");
    expect(readdirSync(seen("data"))).toContain(".~twinfold");
    await world.ok("start");
    await expectBoth(world, { "data/d/a": large });
    await world.ok("stop");
    expect(readdirSync(seen("data"))).toEqual(["d"]);
    await world.ok("start");
  });
  test("the root itself is unmounted and mounted again while the engine runs: it goes on", async () => {
    const world = theWorld();
    await atRest(world, {});
    own.run("mount", "--bind", world.root, world.root);
    await world.ok("stop");
    await world.ok("start");
    world.write("a", "1");
    await expectBoth(world, { a: "1" });
    own.run("umount", "-l", world.root);
    own.run("mount", "--bind", world.root, world.root);
    await world.upload("a", "edited");
    await world.upload("b", "2");
    await expectBoth(world, { a: "edited", b: "2" });
    await world.remove("a");
    await expectBoth(world, { b: "2" });
    expect(await status(world)).toMatchObject({ state: "up to date" });
  });
  test("more files than may be deleted without a question are moved to it in Dropbox: nobody is asked", async () => {
    const many = Object.fromEntries(Array.from({ length: 120 }, (_, i) => [`many/${i}`, `${i}`]));
    const world = await mounted({ ...many, "data/a": "1" });
    await world.move("many", "data/many");
    await expectBoth(world, {
      "data/a": "1",
      ...Object.fromEntries(Object.entries(many).map(([path, content]) => [`data/${path}`, content])),
    });
  });
});
