import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readlinkSync, type Stats } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { isStagingName } from "@twinfold/filesystem";
import { asPath, type Bytes, joinBytes, toBytes, toText } from "./bytes.ts";
import { snapshotError } from "./snapshot-error.ts";
import { EMPTY_TREE, isFolder, type Tree, type TreeEntry, treeHash, treeText } from "./tree.ts";

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/** A file that was changed less than this ago may change again without a sign: it is read next time too. Milliseconds. */
const SETTLED = 2_000;
/** How often a file that changes while it is read is read, before it is taken as it was read last. */
const TRIES = 5;
/** How long others wait for their turn, in milliseconds. */
const TURN = 20;

/** The files as they are now. */
export interface Look {
  readonly tree: string;
  /** Trees that are not in the one it was compared with, by their hashes. */
  readonly trees: ReadonlyMap<string, string>;
  readonly files: number;
  readonly bytes: number;
}

/**
 * Looks at a whole folder, and asks for the contents of what is not as it was. Folders are held open on the way down and
 * no link is followed (openat(2), through proc(5)'s names of descriptors). What is mounted inside is left out, and so is
 * what is neither a file, a folder nor a link.
 * @throws SnapshotError
 */
export async function look(parts: {
  readonly root: string;
  /** The tree that it was when it was last looked at, and how to read that one's trees. */
  readonly before: string | null;
  readonly readTree: (hash: string) => Tree;
  /** Takes the content of an open file. @returns its hash */
  readonly content: (fd: number, size: number) => Promise<string>;
  /** Whether a path, and what is below it, is looked at; all are when left out. */
  readonly wanted?: (path: Bytes) => boolean;
}): Promise<Look> {
  const { content, readTree, wanted } = parts;
  const trees = new Map<string, string>();
  let files = 0;
  let bytes = 0;
  let turnEnds = performance.now() + TURN;
  let device = 0;
  const rootBytes = toBytes(parts.root);

  async function folder(fd: number, path: Bytes, beforeHash: string | null): Promise<string> {
    const before = beforeHash === null ? EMPTY_TREE : readTree(beforeHash);
    const entries: TreeEntry[] = [];
    let same = true;
    const now = Date.now();
    const here = joinBytes(rootBytes, path);
    const names = readdirSync(`/proc/self/fd/${fd}/.`, "latin1").sort();
    for (const name of names) {
      if (isStagingName(name, path === "") || wanted?.(joinBytes(path, name)) === false) continue;
      // By its path, which is twice as quick: whatever is found there is opened from the folder that is held, and what has
      // the inode and times of a file that is known, is that file.
      const stats = lstatSync(asPath(`${here}/${name}`), { throwIfNoEntry: false });
      if (stats === undefined || stats.dev !== device) continue;
      const known = before.get(name);
      const full = `/proc/self/fd/${fd}/${name}`;
      let entry: TreeEntry | null;
      if (stats.isDirectory()) entry = await inner(full, path, name, stats, known);
      else {
        const seen = seenOf(stats, now);
        if (known?.seen === seen && !seen.includes("?")) entry = known;
        else if (stats.isSymbolicLink()) entry = link(full, joinBytes(path, name), { name, seen });
        else entry = stats.isFile() ? await file(full, joinBytes(path, name), name) : null;
        if (entry !== null) {
          files++;
          bytes += stats.size;
        }
      }
      if (entry === null) continue;
      same &&= entry === known;
      entries.push(entry);
      if (performance.now() > turnEnds) {
        await setImmediate();
        turnEnds = performance.now() + TURN;
      }
    }
    if (same && entries.length === before.size && beforeHash !== null) return beforeHash;
    const text = treeText(entries);
    const hash = treeHash(text);
    trees.set(hash, text);
    return hash;
  }

  async function inner(
    full: Bytes,
    path: Bytes,
    name: Bytes,
    { mode }: Stats,
    known: TreeEntry | undefined,
  ): Promise<TreeEntry | null> {
    const fd = open(full, joinBytes(path, name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (fd === null) return null;
    try {
      const hash = await folder(fd, joinBytes(path, name), isFolder(known) ? known.hash : null);
      return known?.hash === hash && known.seen === String(mode) ? known : { name, seen: String(mode), hash };
    } finally {
      closeSync(fd);
    }
  }

  async function file(full: Bytes, path: Bytes, name: Bytes): Promise<TreeEntry | null> {
    // Without waiting, so that a pipe put in the file's place can't hold us.
    const fd = open(full, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (fd === null) return null;
    try {
      for (let tries = 1; ; tries++) {
        const stats = fstatSync(fd);
        if (!stats.isFile()) return null;
        const seen = seenOf(stats, Date.now());
        const hash = await content(fd, stats.size);
        // A log that is written to all the time is taken as far as it was read.
        if (seenOf(fstatSync(fd), 0) === seenOf(stats, 0) || tries === TRIES) return { name, seen, hash };
      }
    } catch (error) {
      throw snapshotError(toText(path), error);
    } finally {
      closeSync(fd);
    }
  }

  const fd = openSync(parts.root, O_RDONLY | O_DIRECTORY);
  try {
    device = fstatSync(fd).dev;
    return { tree: await folder(fd, "", parts.before), trees, files, bytes };
  } finally {
    closeSync(fd);
  }
}

/** `at`: when it is looked at; what has changed just before is marked as not settled. */
function seenOf({ mode, size, mtimeMs, ctimeMs, ino }: Stats, at: number): string {
  return `${mode} ${size} ${mtimeMs} ${at !== 0 && ctimeMs > at - SETTLED ? "?" : ctimeMs} ${ino}`;
}

/** Null when it is gone, or something else by now. */
function link(full: Bytes, path: Bytes, about: { readonly name: Bytes; readonly seen: string }): TreeEntry | null {
  try {
    return { ...about, hash: readlinkSync(asPath(full), "buffer").toString("hex") };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // readlink(2): not a link.
    if (code === "ENOENT" || code === "EINVAL") return null;
    throw snapshotError(toText(path), error);
  }
}

/** Null when it is gone, or something else by now. */
function open(full: Bytes, path: Bytes, flags: number): number | null {
  try {
    return openSync(asPath(full), flags);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP") return null;
    throw snapshotError(toText(path), error);
  }
}
