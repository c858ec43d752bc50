import fs, {
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Fingerprint, FolderListing, RelativePath, WatchHint } from "@twinfold/engine";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { OwnMounts } from "../../../test/scenarios/own-mounts.ts";
import { type OpenedFileSystem, openFileSystem } from "../src/index.ts";
import { mountsBelow, parseMounts } from "../src/mounts.ts";
import { tellsOfAllWriters } from "../src/unheard-writers.ts";
import { at, piecesOf, refusalOf } from "./opened.ts";
import { shaHasher } from "./sha-hasher.ts";

test("file systems that other machines write in, or a program beneath, are known by their kind", () => {
  for (const kind of ["nfs", "nfs4", "cifs", "9p", "virtiofs", "ceph", "lustre", "ocfs2", "fuse", "fuse.sshfs"])
    expect([kind, tellsOfAllWriters(kind)]).toEqual([kind, false]);
  for (const kind of ["ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay", "fuseblk", "fuse.fuse-overlayfs"])
    expect([kind, tellsOfAllWriters(kind)]).toEqual([kind, true]);
});

test("what is mounted is read as the kernel tells it, of mounts over each other the last", async () => {
  const root = mkdtempSync(join(tmpdir(), "twinfold-mountinfo-"));
  try {
    const lines = parseMounts(
      [
        "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard",
        `64 27 0:51 /export ${root}/a\\040share rw,relatime shared:31 - nfs4 server:/export rw,vers=4.2`,
        `65 27 8:1 / ${root}/over rw shared:32 master:1 - ext4 /dev/sda1 rw`,
        `66 65 0:52 / ${root}/over rw - cifs //server/share rw`,
        `67 27 0:53 / ${root}else rw - nfs4 server:/other rw`,
        "",
      ].join("\n"),
    );
    expect(lines[1]).toMatchObject({ id: "64", device: 51n, kind: "nfs4" });
    expect(lines[0]?.device).toBe(0xfe00n);
    expect(await mountsBelow(root, lines)).toEqual([
      { path: "a share", kind: "nfs4", tellsAll: false },
      { path: "over", kind: "cifs", tellsAll: false },
    ]);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

test("the root's own file system is the first of what is mounted", async () => {
  const root = mkdtempSync(join(tmpdir(), "twinfold-root-"));
  const files = openFileSystem({ root, hasher: shaHasher, session: "test" });
  try {
    const [own] = await files.mounts();
    expect(own).toMatchObject({ path: "", kind: expect.stringMatching(/^[a-z0-9.]+$/) });
    expect(own?.tellsAll).toBe(tellsOfAllWriters(own?.kind ?? ""));
  } finally {
    await files.close();
    rmSync(root, { recursive: true, force: true });
  }
});

const mounts = await OwnMounts.open();
const isPossible = mounts !== null && triesToShare(mounts);

function triesToShare(own: OwnMounts): boolean {
  const folder = mkdtempSync(join(tmpdir(), "twinfold-tries-"));
  mkdirSync(join(folder, "point"));
  try {
    const possible = own.shares(folder, join(folder, "point"));
    if (possible) own.run("umount", "-l", join(folder, "point"));
    return possible;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A root that is mounted through FUSE, and written beneath: as by another machine. Needs bindfs and FUSE. */
describe.skipIf(!isPossible)("a root that others write unheard (skipped where bindfs or FUSE is missing)", () => {
  const own = mounts as OwnMounts;
  let folder: string;
  let root: string;
  let files: OpenedFileSystem;
  const beneath = (path: string) => join(folder, "store", path);
  const seen = (path: string) => join(root, path);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "twinfold-unheard-"));
    mkdirSync(join(folder, "point"));
    mkdirSync(beneath("d"), { recursive: true });
    writeFileSync(beneath("a"), "one");
    writeFileSync(beneath("d/b"), "one");
    own.shares(join(folder, "store"), join(folder, "point"));
    root = own.at(join(folder, "point"));
    // By its setting: this process sees the mount, but not in its own list of mounts.
    files = openFileSystem({ root, hasher: shaHasher, session: "test", shared: true });
  });
  afterEach(async () => {
    await files.close();
    own.run("umount", "-l", join(folder, "point"));
    rmSync(folder, { recursive: true, force: true });
  });
  afterAll(() => own.close());

  async function listed(path: string): Promise<FolderListing> {
    for await (const listing of files.list([at(path)])) if ("entries" in listing) return listing;
    throw new Error(`${path} can't be listed`);
  }
  async function fingerprint(path: string, name: string) {
    const entry = (await listed(path)).entries.find((one) => one.name === name);
    if (entry === undefined) throw new Error(`${name} is not listed`);
    return entry.fingerprint;
  }

  test("nobody tells of what is written beneath, and the kernel goes on saying what it remembers", async () => {
    const hints: WatchHint[] = [];
    const watcher = await files.watch((batch) => hints.push(...batch));
    await watcher.add([at(""), at("d")]);
    expect(lstatSync(seen("a")).size).toBe(3);
    writeFileSync(beneath("a"), "another");
    writeFileSync(beneath("new"), "new");
    // What is written through the mount is told of, after all that came before.
    writeFileSync(seen("d/told"), "1");
    await vi.waitFor(() => expect(hints).not.toEqual([]));
    expect(hints.filter(({ path }) => path === "")).toEqual([]);
    expect(lstatSync(seen("a")).size).toBe(3);
    await watcher.close();
  });

  test("a listing shows what is there now: edited in place, replaced, made, gone", async () => {
    for (const name of ["a", "d"]) lstatSync(seen(name));
    const before = await fingerprint("", "a");
    writeFileSync(beneath("a"), "two");
    expect(await fingerprint("", "a")).not.toBe(before);
    writeFileSync(beneath("new"), "replaced");
    renameSync(beneath("new"), beneath("a"));
    expect((await listed("")).entries.find(({ name }) => name === "a")).toMatchObject({ size: 8 });
    rmSync(beneath("a"));
    expect((await listed("")).entries.map(({ name }) => name)).toEqual(["d"]);
    expect(await files.stat(at("a"))).toBeNull();
  });

  test("what was edited beneath since it was seen is neither sent, replaced, dated nor removed", async () => {
    const calls: Record<string, (path: RelativePath, expected: Fingerprint) => Promise<unknown>> = {
      open: (path, expected) => files.open(path, expected),
      setModified: (path, expected) => files.setModified(path, expected, 1),
      removeFile: (path, expected) => files.removeFile(path, expected),
      async place(path, expected) {
        const staged = await files.stage(path);
        await staged.write(piecesOf("from Dropbox"));
        await files.place(staged, path, expected, null).finally(() => staged.discard());
      },
    };
    for (const name of Object.keys(calls)) writeFileSync(beneath(`d/${name}`), "one");
    for (const [name, call] of Object.entries(calls)) {
      const expected = await fingerprint("d", name);
      writeFileSync(beneath(`d/${name}`), "two");
      expect([name, await refusalOf(call(at(`d/${name}`), expected))]).toEqual([name, "changed"]);
      expect(readFileSync(beneath(`d/${name}`), "utf8")).toBe("two");
    }
  });

  test("an edit beneath while a file is read makes it another version", async () => {
    const open = await files.open(at("a"), await fingerprint("", "a"));
    expect(await open.verify()).toBe(true);
    writeFileSync(beneath("a"), "two");
    expect(await open.verify()).toBe(false);
    await open.close();
  });
});

test("a look at 10,000 files costs one listing a folder and one lstat a file, and opens none of them", async () => {
  const root = mkdtempSync(join(tmpdir(), "twinfold-many-"));
  for (let folder = 0; folder < 100; folder++) {
    const first = join(root, `${folder}`, "0");
    mkdirSync(join(root, `${folder}`));
    writeFileSync(first, "");
    for (let file = 1; file < 100; file++) linkSync(first, join(root, `${folder}`, `${file}`));
  }
  const files = openFileSystem({ root, hasher: shaHasher, session: "test" });
  const folders = ["", ...Array.from({ length: 100 }, (_, folder) => `${folder}`)].map(at);
  const counts = { lstatSync: 0, readdirSync: 0, openSync: 0 };
  const originals = { lstatSync: fs.lstatSync, readdirSync: fs.readdirSync, openSync: fs.openSync };
  for (const name of Object.keys(counts) as (keyof typeof counts)[]) {
    const counted = (...words: unknown[]) => {
      counts[name]++;
      return (originals[name] as (...all: unknown[]) => unknown)(...words);
    };
    Object.assign(fs, { [name]: counted });
  }
  syncBuiltinESMExports();
  try {
    let entries = 0;
    for await (const listing of files.list(folders)) if ("entries" in listing) entries += listing.entries.length;
    expect(entries).toBe(10_100);
    // And one for each folder to see that the root is still there; opened are the root and each folder in it, from the root.
    expect(counts).toEqual({ lstatSync: 10_100 + 101, readdirSync: 101, openSync: 1 + 2 * 100 });
  } finally {
    Object.assign(fs, originals);
    syncBuiltinESMExports();
    await files.close();
    rmSync(root, { recursive: true, force: true });
  }
});
