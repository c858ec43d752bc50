import { type BigIntStats, constants } from "node:fs";
import { lstat, mkdir, open, realpath, rename, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { renameIfFree } from "@twinfold/filesystem";
import { type DeletedItem, openDeletedItems } from "./deleted-items.ts";
import { FilesError, failOn } from "./files-error.ts";
import { folderNames } from "./folder-names.ts";
import { openFolder, zipFolder } from "./folder-zip.ts";

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

/** One folder of a user's or an instance's, as the pages see it. No path leads out of it, not even through a link. */
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

  /** The absolute path, once its folder is known to lie in the root. @throws FilesError */
  async function resolve(path: string): Promise<string> {
    if (path === "") return realpath(root);
    const names = path.split("/");
    if (names.some((name) => name === "" || name === "." || name === ".." || name.includes("\0"))) {
      throw new FilesError("bad-path", `"${path}" is not a path in this folder`);
    }
    const base = await realpath(root);
    const folder = join(base, ...names.slice(0, -1));
    const real = await realpath(folder).catch((error: unknown) => failOn(dirname(path), error));
    if (real !== folder) throw new FilesError("bad-path", `"${path}" leads through a symbolic link`);
    return join(folder, names.at(-1) ?? "");
  }

  async function guarded<T>(path: string, body: (absolute: string) => Promise<T>): Promise<T> {
    const absolute = await resolve(path);
    try {
      return await body(absolute);
    } catch (error) {
      return failOn(path, error);
    }
  }

  /** The same for what comes back, whose folders may have gone since. */
  async function resolveMakingFolders(path: string): Promise<string> {
    const names = path.split("/");
    for (let depth = 1; depth < names.length; depth++) {
      const folder = names.slice(0, depth).join("/");
      await guarded(folder, (absolute) =>
        mkdir(absolute).catch((error: NodeJS.ErrnoException) => {
          if (error.code !== "EEXIST") throw error;
        }),
      );
    }
    return resolve(path);
  }

  async function describe(folder: string, name: string): Promise<FolderEntry | null> {
    const stats = await lstat(join(folder, name)).catch(() => null);
    if (stats === null) return null;
    const kind = stats.isFile() ? "file" : stats.isDirectory() ? "folder" : "other";
    return { name, kind, size: kind === "file" ? stats.size : 0, mtime: Math.floor(stats.mtimeMs / 1000) };
  }

  return {
    list: (path, { offset, limit, hidden, find }) =>
      guarded(path, async (absolute) => {
        const stats = await lstat(absolute, { bigint: true });
        if (stats.isSymbolicLink()) throw new FilesError("bad-path", `"${path}" is a symbolic link`);
        const wanted = find.toLowerCase();
        const all = await folderNames(absolute, stats);
        const names = all.filter(
          ({ name }) =>
            !(path === "" && name === ".twinfold") &&
            (hidden || !name.startsWith(".")) &&
            (wanted === "" || name.toLowerCase().includes(wanted)),
        );
        const part = names.slice(offset, offset + limit).map(({ name }) => describe(absolute, name));
        const readme = all.find(({ name, isFolder }) => !isFolder && README.test(name));
        return {
          total: names.length,
          entries: (await Promise.all(part)).filter((entry) => entry !== null),
          readme: readme === undefined ? null : await describe(absolute, readme.name),
        };
      }),
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
    write: (path, content, over) =>
      guarded(path, async (absolute) => {
        const there = await present(absolute, path, over);
        await mkdir(staging, { recursive: true, mode: 0o700 });
        const staged = join(staging, String(++uploads));
        const file = await open(staged, "wx");
        try {
          if (there !== null) await file.chmod(Number(there.mode) & 0o7777);
          await pipeline(content, file.createWriteStream({ flush: true }));
          await present(absolute, path, over);
          if (over !== null) await rename(staged, absolute);
          else if (!renameIfFree(staged, absolute)) throw taken(path);
          return versionOf(await lstat(absolute, { bigint: true }));
        } catch (error) {
          await unlink(staged).catch(() => undefined);
          throw error;
        }
      }),
    zip: (path, name) => guarded(path, async (absolute) => zipFolder(openFolder(absolute), name, path === "")),
    createFolder: (path) =>
      guarded(path, async (absolute) => {
        await mkdir(absolute);
      }),
    move: (from, to) =>
      guarded(to, async (target) => {
        const source = await resolve(from);
        await lstat(source).catch((error: unknown) => failOn(from, error));
        if (to.startsWith(`${from}/`)) throw new FilesError("bad-path", `"${from}" can't be moved into itself`);
        if (!renameIfFree(source, target)) {
          throw new FilesError("exists", `"${basename(to)}" is there already: choose another name`);
        }
      }),
    remove: (path, over) =>
      guarded(path, async (absolute) => {
        if (path === "") throw new FilesError("bad-path", "the folder itself can't be deleted");
        if (over !== undefined) await present(absolute, path, over);
        const stats = await lstat(absolute);
        await deletedItems.list();
        const kind = stats.isFile() ? "file" : stats.isDirectory() ? "folder" : "other";
        return deletedItems.keep(absolute, path, kind);
      }),
    deleted: deletedItems.list,
    bringBack: (id) => deletedItems.bringBack(id, resolveMakingFolders),
    forget: deletedItems.forget,
  };
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
