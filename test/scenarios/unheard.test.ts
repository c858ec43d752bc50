import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { PATIENT, status, until } from "./answers.ts";
import { OwnMounts } from "./own-mounts.ts";
import { atRest, expectBoth, inOneWorld, theWorld } from "./scenario.ts";

const mounts = await OwnMounts.open();
/** Where the files of the root really are: what is written there is written by another machine, as far as the engine can tell. */
const store = mkdtempSync(join(tmpdir(), "twinfold-store-"));
const point = mkdtempSync(join(tmpdir(), "twinfold-point-"));
const isMounted = mounts?.shares(store, point) === true;
const removeFolders = () => {
  for (const folder of [store, point]) rmSync(folder, { recursive: true, force: true });
};
if (!isMounted) removeFolders();

/** The root is mounted through FUSE, and written beneath. Needs bindfs and FUSE. */
describe.skipIf(!isMounted)("a root that other machines write in (skipped where bindfs or FUSE is missing)", () => {
  const own = mounts as OwnMounts;
  const beneath = (path: string) => join(store, path);

  // Declared first, it comes last.
  afterAll(() => {
    own.run("umount", "-l", point);
    own.close();
    removeFolders();
  });
  inOneWorld((world) => {
    world.through = own.through;
    world.seen = own.at(world.root);
  }, point);

  test("that is known by its file system, and said", async () => {
    const world = theWorld();
    await atRest(world, { a: "1" });
    const message =
      "This folder lies on a file system that others may write in unheard (fuse): " +
      "changes by other machines are found within a minute.";
    expect((await status(world)).unheard).toEqual({ places: [{ path: "", kind: "fuse" }], withinMinutes: 1, message });
    expect(await world.ok("status")).toContain(`\n${message}\n`);
  });

  test("what is written through this machine is heard of at once", async () => {
    const world = theWorld();
    await atRest(world, { a: "1" });
    world.write("a", "edited");
    await vi.waitFor(async () => expect(await world.dropboxTree()).toEqual({ a: "edited" }), PATIENT);
  });

  test("an edit by another machine that was not found yet is not replaced by what comes from Dropbox", async () => {
    const world = theWorld();
    await atRest(world, { a: "1", b: "2" });
    writeFileSync(beneath("a"), "X");
    writeFileSync(beneath("b"), "Y");
    await world.upload("a", "from Dropbox");
    await world.remove("b");
    await until(world, { conflicts: 1 });
    await world.settle();
    const tree = world.diskTree();
    expect(Object.values(tree).sort()).toEqual(["X", "Y", "from Dropbox"]);
    expect(tree).toMatchObject({ a: "from Dropbox", b: "Y" });
  });

  test("what another machine makes, edits in place, moves and deletes comes to Dropbox, though nobody tells or asks", async () => {
    const world = theWorld();
    await atRest(world, { "d/edited": "1", "d/gone": "2", "d/moved": "3", "e/kept": "4" });
    await world.ok("stop");
    await world.ok("start", "--rescan", "1");
    await world.settle();
    writeFileSync(beneath("d/edited"), "X");
    rmSync(beneath("d/gone"));
    renameSync(beneath("d/moved"), beneath("e/moved"));
    mkdirSync(beneath("new/deep"), { recursive: true });
    writeFileSync(beneath("new/deep/er"), "5");
    const now = { "d/edited": "X", "e/moved": "3", "e/kept": "4", "new/deep/er": "5" };
    // As `settle` asks the engine to look, it is not asked.
    await vi.waitFor(
      async () => expect(await world.dropboxTree()).toEqual({ ...now, d: null, e: null, new: null, "new/deep": null }),
      PATIENT,
    );
    await expectBoth(world, now);
  });
});
