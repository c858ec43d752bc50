import { type BigIntStats, closeSync, constants } from "node:fs";
import { lstat, mkdir, open, unlink } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { FilesError, failOn } from "./files-error.ts";
import { openBelow } from "./open-below.ts";
import { isSameFile, putInPlace } from "./put-in-place.ts";
import { removeWhole } from "./remove-whole.ts";
import { renameIfFree } from "./rename.ts";

/**
 * The files in a folder, for what people do with one at a time. No path leads out of it, not even through a link that comes
 * just then.
 */
export interface FilesInRoot {
  read(path: string): Promise<{ readonly size: number; readonly version: string; readonly content: Readable }>;
  /**
   * Writes a whole file; whoever reads it meanwhile sees the old or the new one. `over` is what it may be written over: the
   * version that was read, null for nothing at all, undefined for whatever file is there.
   * @returns the new version. @throws FilesError `changed` when something else is there
   */
  write(path: string, content: Readable, over?: string | null): Promise<string>;
  /** The first half of `write`: all has come. @returns where it waits. @throws FilesError as `write` */
  stage(path: string, content: Readable, over?: string | null): Promise<string>;
  /**
   * The second half: a staged file gets the name. What it replaces has the staged one's name then: at no moment it is gone.
   * @throws FilesError as `write`; at the staged one's name there is then nothing of anybody else's
   */
  put(staged: string, path: string, over?: string | null): Promise<Put>;
  createFolder(path: string): Promise<void>;
  /** To a name that is free. */
  move(from: string, to: string): Promise<void>;
  /** @param over as in `write`, of a file. @throws FilesError `changed` when something else is there */
  remove(path: string, over?: string): Promise<unknown>;
  /**
   * Gives `body` a name for what is at the path that can't lead elsewhere, good for the time of the call.
   * @throws FilesError for what the disk says
   */
  at<T>(path: string, body: (name: string) => Promise<T>): Promise<T>;
  /** Opens the folder at the path; to be closed by the caller. @throws FilesError */
  openFolder(path: string): number;
  /** @param over as in `write`. @throws FilesError `changed` when something else is there, `exists` when it is no file */
  check(name: string, path: string, over: string | null | undefined): Promise<void>;
}

export interface Put {
  readonly version: string;
  /** Whether something was replaced. */
  readonly replaced: boolean;
}

/** @param staging a folder of the same file system, for what is still coming in; its owner clears it at start */
export function openFilesInRoot(root: string, staging: string): FilesInRoot {
  /** @throws FilesError */
  function openAt(path: string, names: readonly string[]): number {
    try {
      return openBelow(root, names);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ELOOP")
        throw new FilesError("bad-path", `"${path}" leads through a symbolic link`, error);
      return failOn(names.join("/"), error);
    }
  }

  async function at<T>(path: string, body: (name: string) => Promise<T>): Promise<T> {
    const names = namesOf(path);
    const last = names.pop() ?? ".";
    const folder = openAt(path, names);
    try {
      return await body(`/proc/self/fd/${folder}/${last}`);
    } catch (error) {
      return failOn(path, error);
    } finally {
      closeSync(folder);
    }
  }

  async function stage(path: string, content: Readable, over?: string | null): Promise<string> {
    const there = await at(path, (name) => present(name, path, over));
    await mkdir(staging, { recursive: true, mode: 0o700 });
    const staged = join(staging, String(++uploads));
    const file = await open(staged, "wx");
    try {
      if (there !== null) await file.chmod(Number(there.mode) & 0o7777);
      await pipeline(content, file.createWriteStream({ flush: true }));
      return staged;
    } catch (error) {
      await unlink(staged).catch(() => undefined);
      return failOn(path, error);
    }
  }

  /** The way is walked anew: a folder that was moved away meanwhile is none of the root any more. */
  const put = (staged: string, path: string, over?: string | null): Promise<Put> =>
    at(path, async (name) => {
      const replaceable = {
        check: (seen: BigIntStats | null) => checkPresent(seen, path, over),
        // Where any file may be, whatever it is by then: it is the caller's to keep.
        isIt: (was: BigIntStats, seen: BigIntStats) => (over === undefined ? was.isFile() : isSameFile(was, seen)),
      };
      for (;;) {
        const placed = putInPlace(staged, name, replaceable);
        if (placed !== null) return { version: versionOf(placed.stats), replaced: placed.replaced };
        if (over !== undefined) throw over === null ? taken(path) : changed(path);
      }
    });

  return {
    at,
    openFolder: (path) => openAt(path, namesOf(path)),
    async check(name, path, over) {
      await present(name, path, over);
    },
    read: (path) =>
      at(path, async (name) => {
        // Not through a link, and not waiting for whoever writes into a pipe.
        const file = await open(name, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
        const stats = await file.stat({ bigint: true });
        if (!stats.isFile()) {
          await file.close();
          throw new FilesError("not-a-file", `"${path}" is not a file`);
        }
        return { size: Number(stats.size), version: versionOf(stats), content: file.createReadStream() };
      }),
    stage,
    put,
    async write(path, content, over) {
      const staged = await stage(path, content, over);
      try {
        return (await put(staged, path, over)).version;
      } finally {
        await unlink(staged).catch(() => undefined);
      }
    },
    createFolder: (path) =>
      at(path, async (name) => {
        await mkdir(name);
      }),
    move: (from, to) =>
      at(from, async (source) => {
        await lstat(source);
        if (to.startsWith(`${from}/`)) throw new FilesError("bad-path", `"${from}" can't be moved into itself`);
        await at(to, async (target) => {
          if (renameIfFree(source, target)) return;
          throw new FilesError("exists", `"${basename(to)}" is there already: choose another name`);
        });
      }),
    remove: (path, over) =>
      at(path, async (name) => {
        if (path === "") throw new FilesError("bad-path", "the folder itself can't be deleted");
        if (over !== undefined) await present(name, path, over);
        await removeWhole(name);
      }),
  };
}

/** @throws FilesError `bad-path` for what is no path below a folder */
function namesOf(path: string): string[] {
  const names = path === "" ? [] : path.split("/");
  if (names.some((name) => name === "" || name === "." || name === ".." || name.includes("\0"))) {
    throw new FilesError("bad-path", `"${path}" is not a path in this folder`);
  }
  return names;
}

let uploads = 0;

/** What tells one state of a file from the next, without reading it. */
function versionOf(stats: BigIntStats): string {
  return [stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].map((value) => value.toString(36)).join("-");
}

const taken = (path: string) => new FilesError("changed", `"${basename(path)}" is there already`);

/** The file at this path, or null. @throws FilesError unless a writer who expects `over` may write there */
async function present(absolute: string, path: string, over: string | null | undefined): Promise<BigIntStats | null> {
  const there = await lstat(absolute, { bigint: true }).catch(() => null);
  checkPresent(there, path, over);
  return there;
}

function checkPresent(there: BigIntStats | null, path: string, over: string | null | undefined): void {
  if (there !== null && !there.isFile()) throw notAFile(path);
  if (over === null && there !== null) throw taken(path);
  if (typeof over === "string" && there === null) throw new FilesError("changed", `"${path}" was deleted meanwhile`);
  if (typeof over === "string" && there !== null && versionOf(there) !== over) throw changed(path);
}

const notAFile = (path: string) => new FilesError("exists", `"${path}" is there already, and is no file`);

const changed = (path: string) => new FilesError("changed", `"${path}" was changed meanwhile`);
