import { type BigIntStats, closeSync, constants, fstatSync } from "node:fs";
import { lstat, mkdir, open, rename, unlink } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { renameIfFree } from "@twinfold/filesystem";
import { type DeletedItem, openDeletedItems } from "./deleted-items.ts";
import { FilesError, failOn } from "./files-error.ts";
import { folderNames } from "./folder-names.ts";
import { zipFolder } from "./folder-zip.ts";
import { toBytes } from "./snapshots/bytes.ts";
import { openBelow } from "./snapshots/place-walk.ts";

export interface FolderEntry {
  readonly name: string;
  readonly kind: "file" | "folder" | "other";
  readonly size: number;
  /** Seconds since 1970. */
  readonly mtime: number;
}

/** Which part of a listing is wanted. */
export interface ListingPart {
  /** Entries that are left out at the beginning. */
  readonly offset: number;
  /** Entries at most. */
  readonly limit: number;
  /** Whether names that begin with a dot count. */
  readonly hidden: boolean;
  /** Only names with this in them, in any case; all when empty. */
  readonly find: string;
}

/** A part of what a folder holds, and how much there is in all. */
export interface ListedPart {
  readonly total: number;
  readonly entries: readonly FolderEntry[];
  /** The folder's `README.md`, in any case, wherever it is in the listing. */
  readonly readme: FolderEntry | null;
}

/** One folder of a user's or an instance's, as the pages see it. No path leads out of it, not even through a link that comes just then. */
export interface FolderFiles {
  list(path: string, part: ListingPart): Promise<ListedPart>;
  read(path: string): Promise<{ readonly size: number; readonly version: string; readonly content: Readable }>;
  /**
   * Writes a whole file; whoever reads it meanwhile sees the old or the new one. `over` is what it may be written over: the
   * version that was read, null for nothing at all, undefined for whatever file is there.
   * @returns the new version. @throws FilesError `changed` when something else is there
   */
  write(path: string, content: Readable, over?: string | null): Promise<string>;
  /** A folder with all that is in it, as a zip file in which it is called `name`. */
  zip(path: string, name: string): Promise<Readable>;
  createFolder(path: string): Promise<void>;
  /** To a name that is free. */
  move(from: string, to: string): Promise<void>;
  /**
   * Kept for `KEPT_HOURS`. @param over as in `write`, of a file. @returns the id by which it can be brought back
   * @throws FilesError `changed` when something else is there
   */
  remove(path: string, over?: string): Promise<string>;
  /** What can be brought back, the newest first. */
  deleted(): Promise<readonly DeletedItem[]>;
  /** To where it was, or beside what has its name by now. @returns where that is */
  bringBack(id: string): Promise<string>;
  /** Deletes for good what was deleted. */
  forget(id: string): Promise<void>;
}

/**
 * @param staging a folder of the same file system, for what is still coming in; its owner clears it at start
 * @param kept one for what was deleted and can be brought back
 */
export function openFolderFiles(root: string, staging: string, kept: string): FolderFiles {
  const deletedItems = openDeletedItems(kept);

  /** @throws FilesError */
  function openFolder(path: string, names: readonly string[]): number {
    try {
      return openBelow(root, names.map(toBytes));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ELOOP")
        throw new FilesError("bad-path", `"${path}" leads through a symbolic link`, error);
      return failOn(names.join("/"), error);
    }
  }

  /** Gives `body` a name for what is at the path that can't lead elsewhere, good for the time of the call. */
  async function guarded<T>(path: string, body: (name: string) => Promise<T>): Promise<T> {
    const names = namesOf(path);
    const last = names.pop() ?? ".";
    const folder = openFolder(path, names);
    try {
      return await body(`/proc/self/fd/${folder}/${last}`);
    } catch (error) {
      return failOn(path, error);
    } finally {
      closeSync(folder);
    }
  }

  /** The same for what comes back, whose folders may have gone since. */
  async function guardedMakingFolders<T>(path: string, body: (name: string) => Promise<T>): Promise<T> {
    const names = path.split("/");
    for (let depth = 1; depth < names.length; depth++) {
      await guarded(names.slice(0, depth).join("/"), (name) =>
        mkdir(name).catch((error: NodeJS.ErrnoException) => {
          if (error.code !== "EEXIST") throw error;
        }),
      );
    }
    return guarded(path, body);
  }

  async function describe(folder: string, name: string): Promise<FolderEntry | null> {
    const stats = await lstat(`${folder}/${name}`).catch(() => null);
    if (stats === null) return null;
    const kind = stats.isFile() ? "file" : stats.isDirectory() ? "folder" : "other";
    return { name, kind, size: kind === "file" ? stats.size : 0, mtime: Math.floor(stats.mtimeMs / 1000) };
  }

  return {
    async list(path, { offset, limit, hidden, find }) {
      const folder = openFolder(path, namesOf(path));
      try {
        const here = `/proc/self/fd/${folder}/.`;
        const wanted = find.toLowerCase();
        const all = await folderNames(here, fstatSync(folder, { bigint: true }));
        const names = all.filter(
          ({ name }) =>
            !(path === "" && name === ".twinfold") &&
            (hidden || !name.startsWith(".")) &&
            (wanted === "" || name.toLowerCase().includes(wanted)),
        );
        const part = names.slice(offset, offset + limit).map(({ name }) => describe(here, name));
        const readme = all.find(({ name, isFolder }) => !isFolder && README.test(name));
        return {
          total: names.length,
          entries: (await Promise.all(part)).filter((entry) => entry !== null),
          readme: readme === undefined ? null : await describe(here, readme.name),
        };
      } catch (error) {
        return failOn(path, error);
      } finally {
        closeSync(folder);
      }
    },
    read: (path) =>
      guarded(path, async (absolute) => {
        // Not through a link, and not waiting for whoever writes into a pipe.
        const file = await open(absolute, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
        const stats = await file.stat({ bigint: true });
        if (!stats.isFile()) {
          await file.close();
          throw new FilesError("not-a-file", `"${path}" is not a file`);
        }
        return { size: Number(stats.size), version: versionOf(stats), content: file.createReadStream() };
      }),
    async write(path, content, over) {
      const there = await guarded(path, (name) => present(name, path, over));
      await mkdir(staging, { recursive: true, mode: 0o700 });
      const staged = join(staging, String(++uploads));
      const file = await open(staged, "wx");
      try {
        if (there !== null) await file.chmod(Number(there.mode) & 0o7777);
        await pipeline(content, file.createWriteStream({ flush: true }));
        // The way is walked anew: a folder that was moved away meanwhile is none of the root any more.
        return await guarded(path, async (name) => {
          await present(name, path, over);
          if (over !== null) await rename(staged, name);
          else if (!renameIfFree(staged, name)) throw taken(path);
          return versionOf(await lstat(name, { bigint: true }));
        });
      } catch (error) {
        await unlink(staged).catch(() => undefined);
        return failOn(path, error);
      }
    },
    zip: async (path, name) => zipFolder(openFolder(path, namesOf(path)), name, path === ""),
    createFolder: (path) =>
      guarded(path, async (name) => {
        await mkdir(name);
      }),
    move: (from, to) =>
      guarded(from, async (source) => {
        await lstat(source);
        if (to.startsWith(`${from}/`)) throw new FilesError("bad-path", `"${from}" can't be moved into itself`);
        await guarded(to, async (target) => {
          if (renameIfFree(source, target)) return;
          throw new FilesError("exists", `"${basename(to)}" is there already: choose another name`);
        });
      }),
    remove: (path, over) =>
      guarded(path, async (name) => {
        if (path === "") throw new FilesError("bad-path", "the folder itself can't be deleted");
        if (over !== undefined) await present(name, path, over);
        const stats = await lstat(name);
        await deletedItems.list();
        const kind = stats.isFile() ? "file" : stats.isDirectory() ? "folder" : "other";
        return deletedItems.keep(name, path, kind);
      }),
    deleted: deletedItems.list,
    bringBack: (id) => deletedItems.bringBack(id, guardedMakingFolders),
    forget: deletedItems.forget,
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

const README = /^readme\.md$/i;

let uploads = 0;

/** What tells one state of a file from the next, without reading it. */
function versionOf(stats: BigIntStats): string {
  return [stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].map((value) => value.toString(36)).join("-");
}

const taken = (path: string) => new FilesError("changed", `"${basename(path)}" is there already`);

/** The file at this path, or null. @throws FilesError unless a writer who expects `over` may write there */
async function present(absolute: string, path: string, over: string | null | undefined): Promise<BigIntStats | null> {
  const there = await lstat(absolute, { bigint: true }).catch(() => null);
  if (there !== null && !there.isFile()) throw new FilesError("exists", `"${path}" is there already, and is no file`);
  if (over === null && there !== null) throw taken(path);
  if (typeof over === "string" && there === null) throw new FilesError("changed", `"${path}" was deleted meanwhile`);
  if (typeof over === "string" && there !== null && versionOf(there) !== over) {
    throw new FilesError("changed", `"${path}" was changed meanwhile`);
  }
  return there;
}
