import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { treeInDropbox, treeOnDisk, writeTree } from "./disk.ts";
import { clientProgram } from "./install.ts";
import { rcloneConfig } from "./rclone-config.ts";
import { makeWorld, type World } from "./world.ts";

/** Some hundred files in folders, with names that people have. */
const FILES: Readonly<Record<string, string>> = Object.fromEntries([
  ...Array.from({ length: 300 }, (_, index) => [`folder ${index % 12}/sub/file ${index}.txt`, `content ${index}`]),
  ["Ünïcode/naïve café ✓.txt", "é"],
  ["empty.bin", ""],
  ["with 'quotes' & [brackets] #1.md", "x"],
]);

/** Dropbox's limits make rclone wait 10 ms before each request; there are none here. */
const PATIENCE = "pacer_min_sleep = 1ms";

async function withRclone(batchMode: "sync" | "async" | "off" = "sync") {
  const world = await makeWorld();
  const config = rcloneConfig(world.folder, await world.link({ name: "Rclone" }), [
    `batch_mode = ${batchMode}`,
    PATIENCE,
  ]);
  const options = [...config, "--retries", "1", "--low-level-retries", "2"];
  const rclone = (...args: string[]) => world.run(clientProgram("rclone", "rclone"), [...options, ...args]);
  const attempt = (...args: string[]) => world.attempt(clientProgram("rclone", "rclone"), [...options, ...args]);
  const start = (...args: string[]) => world.start(clientProgram("rclone", "rclone"), [...options, ...args]);
  return { world, rclone, attempt, start, disk: join(world.folder, "disk") };
}

async function sameOnBothSides({ files }: World, disk: string, folder = ""): Promise<void> {
  expect(await treeInDropbox(files, folder)).toEqual(await treeOnDisk(disk));
}

test.each(["sync", "async", "off"] as const)("copy, check and copy back, batch mode %s", async (batchMode) => {
  const { world, rclone, disk } = await withRclone(batchMode);
  await writeTree(disk, FILES);
  await rclone("copy", disk, "box:copied");
  await sameOnBothSides(world, disk, "/copied");
  await rclone("check", disk, "box:copied");
  await rclone("check", "--download", disk, "box:copied");
  await rclone("copy", "box:copied", join(world.folder, "back"));
  expect(await treeOnDisk(join(world.folder, "back"))).toEqual(await treeOnDisk(disk));
});

test("sync carries changes, deletions and renames", async () => {
  const { world, rclone, disk } = await withRclone();
  await writeTree(disk, FILES);
  await rclone("sync", "--create-empty-src-dirs", disk, "box:synced");
  await writeTree(disk, { "empty.bin": "no more", "new/one": "1" });
  await rm(join(disk, "folder 1"), { recursive: true });
  await rename(join(disk, "folder 2"), join(disk, "folder two"));
  await rclone("sync", "--create-empty-src-dirs", "--track-renames", disk, "box:synced");
  await sameOnBothSides(world, disk, "/synced");
  await rclone("sync", "--create-empty-src-dirs", "box:synced", disk);
  await sameOnBothSides(world, disk, "/synced");
});

test("bisync carries changes both ways", async () => {
  const { world, rclone, disk } = await withRclone();
  await writeTree(disk, FILES);
  await mkdir(join(world.folder, "state"));
  const bisync = (...args: string[]) =>
    rclone("bisync", disk, "box:both", "--workdir", join(world.folder, "state"), "--create-empty-src-dirs", ...args);
  await rclone("mkdir", "box:both");
  await bisync("--resync");
  await sameOnBothSides(world, disk, "/both");
  await world.files.upload("/both/from dropbox.txt", Readable.from([Buffer.from("there")]));
  await world.files.delete("/both/folder 3/sub/file 3.txt");
  await writeTree(disk, { "from disk.txt": "here" });
  await rm(join(disk, "folder 4/sub/file 4.txt"));
  await bisync();
  await sameOnBothSides(world, disk, "/both");
  expect(await treeOnDisk(disk)).toMatchObject({ "from dropbox.txt": "there", "from disk.txt": "here" });
});

test("moves, listings, links, and all else that changes one thing", async () => {
  const { world, rclone, attempt, disk } = await withRclone();
  await writeTree(disk, { "a/one.txt": "1", "a/two.txt": "22" });
  await rclone("copy", disk, "box:");
  await rclone("moveto", "box:a/one.txt", "box:b/uno.txt");
  await rclone("copyto", "box:b/uno.txt", "box:b/copy.txt");
  await rclone("moveto", "box:a", "box:c/deep");
  const listed = (await rclone("lsf", "-R", "--format", "ps", "box:")).trim().split("\n");
  expect(listed.sort()).toEqual(["b/;-1", "b/copy.txt;1", "b/uno.txt;1", "c/;-1", "c/deep/;-1", "c/deep/two.txt;2"]);
  expect(await rclone("cat", "box:c/deep/two.txt", "--offset", "1")).toBe("2");
  expect(await rclone("hashsum", "dropbox", "box:b")).toMatch(/^[0-9a-f]{64} {2}copy\.txt$/m);
  expect(JSON.parse(await rclone("size", "--json", "box:"))).toMatchObject({ count: 3, bytes: 4 });
  expect(JSON.parse(await rclone("about", "--json", "box:"))).toMatchObject({ used: 4 });
  expect(await rclone("link", "box:b/uno.txt")).toMatch(/^https:\/\/api\.dropboxapi\.com\/scl\/fi\//);
  expect(await rclone("link", "box:b/uno.txt")).toMatch(/^https:\/\/api\.dropboxapi\.com\/scl\/fi\//);
  await rclone("touch", "box:b/touched.txt");
  await rclone("dedupe", "--dedupe-mode", "newest", "box:b");
  await rclone("deletefile", "box:b/copy.txt");
  await rclone("purge", "box:c");
  await rclone("rmdirs", "box:");
  expect((await attempt("rmdir", "box:b")).output).toContain("directory not empty");
  expect((await attempt("lsf", "box:none")).output).toContain("directory not found");
  expect(Object.keys(await treeInDropbox(world.files, ""))).toEqual(["b", "b/touched.txt", "b/uno.txt"]);
});

test("rclone's own tests of what names and sizes a remote takes", async () => {
  const { rclone, disk } = await withRclone();
  await writeTree(disk, { x: "" });
  const info = await rclone("test", "info", "--all", "box:info");
  for (const bytes of [1, 2, 3, 4]) expect(info).toContain(`maxFileLength = 255 // for ${bytes} byte unicode`);
  for (const can of [
    "canWriteUnnormalized",
    "canReadUnnormalized",
    "canReadRenormalized",
    "canStream",
    "base32768isOK",
  ])
    expect(info).toMatch(new RegExp(`${can} += true`));
  // What it encodes for Dropbox hides the other names that Dropbox refuses.
  expect(info).toMatch(/stringNeedsEscaping = \[\]rune\{\s+'\/', '\\x00'\s+\}/);
  await rclone("test", "makefiles", "--files", "50", "--max-file-size", "64Ki", join(disk, "made"));
  await rclone("copy", disk, "box:made");
  await rclone("check", "--download", disk, "box:made");
});

test("rclone's other tests: a histogram of names, all in memory, speed, and changes as they happen", async () => {
  const { world, rclone, start, disk } = await withRclone();
  await writeTree(disk, { "a/ab.txt": "1", "b.txt": "22" });
  await rclone("copy", disk, "box:seen");
  expect(JSON.parse(await rclone("test", "histogram", "box:seen"))).toBeInstanceOf(Array);
  expect(await rclone("test", "memory", "box:seen")).toContain("2 objects took");
  await rclone("test", "makefile", "5Mi", join(disk, "made"));
  await rclone("copy", "--dropbox-chunk-size", "1Mi", disk, "box:seen");
  await rclone("check", "--download", disk, "box:seen");
  const speed = await rclone("test", "speed", "--test-time", "1s", "box:speed");
  expect(speed).toMatch(/[Uu]pload[\s\S]*[Dd]ownload/);
  const watch = start("-vv", "test", "changenotify", "--poll-interval", "1s", "box:seen");
  await watch.printed("Waiting for changes");
  await world.files.upload("/seen/heard.txt", Readable.from([Buffer.from("there")]));
  await watch.printed("heard.txt");
  await watch.kill();
});

test("what has no place here: a trash to clean up, and what others have shared", async () => {
  const { rclone, attempt } = await withRclone();
  const cleanup = await attempt("cleanup", "box:");
  expect(cleanup.code).not.toBe(0);
  expect(cleanup.output).toContain("doesn't support cleanup");
  expect(await rclone("lsf", "--dropbox-shared-folders", "box:")).toBe("");
  expect(await rclone("lsf", "--dropbox-shared-files", "box:")).toBe("");
});

test("five thousand files", async () => {
  const { rclone, disk } = await withRclone("async");
  const names = Array.from({ length: 5000 }, (_, index) => `${index % 50}/${index}.txt`);
  await writeTree(disk, Object.fromEntries(names.map((name) => [name, name])));
  await rclone("copy", disk, "box:many");
  await rclone("check", disk, "box:many");
  await rclone("sync", join(disk, "0"), "box:many");
  expect(JSON.parse(await rclone("size", "--json", "box:many"))).toMatchObject({ count: 100 });
});

test("a file larger than one request may be", async () => {
  const { rclone, disk } = await withRclone();
  await mkdir(disk, { recursive: true });
  await writeFile(join(disk, "large"), Buffer.alloc(160 * 1024 * 1024, "large "));
  await rclone("copy", disk, "box:large");
  await rclone("check", "--download", disk, "box:large");
});
