import { closeSync, fstatSync } from "node:fs";
import { lstat, mkdir, unlink } from "node:fs/promises";
import type { Readable } from "node:stream";
import { FilesError, type FilesInRoot, failOn, openFilesInRoot } from "@twinfold/filesystem";
import { type DeletedItem, openDeletedItems } from "./deleted-items.ts";
import { folderNames } from "./folder-names.ts";
import { zipFolder } from "./folder-zip.ts";
import { openReserve } from "./reserve.ts";

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

/** One folder of a user's or an instance's, as the pages see it. */
export interface FolderFiles extends FilesInRoot {
  list(path: string, part: ListingPart): Promise<ListedPart>;
  /** As `write`; what it replaces is kept as what is deleted is. @returns by what that can be brought back, too */
  replace(path: string, content: Readable, over?: string | null): Promise<Replaced>;
  /** A folder with all that is in it, as a zip file in which it is called `name`. */
  zip(path: string, name: string): Promise<Readable>;
  /**
   * Kept for `KEPT_HOURS`. @param over as in `write`, of a file. @returns the id by which it can be brought back
   * @throws FilesError `changed` when something else is there
   */
  remove(path: string, over?: string): Promise<string>;
  /** What can be brought back of what was deleted or replaced, the newest first. */
  deleted(): Promise<readonly DeletedItem[]>;
  /**
   * To where it was: in the place of what took it, which can be brought back in turn, or beside anything newer.
   * @returns where that is
   */
  bringBack(id: string): Promise<string>;
  /** For the start, before anybody takes for deleted what an end of the process has left between two places. */
  recover(): Promise<void>;
  /** Deletes for good what was deleted. */
  forget(id: string): Promise<void>;
}

export interface Replaced {
  readonly version: string;
  /** Null where nothing was there. */
  readonly keptAs: string | null;
}

/**
 * @param staging a folder of the same file system, for what is still coming in; its owner clears it at start
 * @param kept one for what was deleted and can be brought back
 * @param checkMayPut asked once all of a content has come, which may take hours; what it throws keeps that out
 */
export function openFolderFiles(
  root: string,
  staging: string,
  kept: string,
  checkMayPut?: () => Promise<void>,
): FolderFiles {
  const files = openFilesInRoot(root, staging);
  const deletedItems = openDeletedItems(kept, files.at, openReserve(root));

  /** For what comes back, whose folders may have gone since. */
  async function atMakingFolders<T>(path: string, body: (name: string) => Promise<T>): Promise<T> {
    const names = path.split("/");
    for (let depth = 1; depth < names.length; depth++) {
      await files.at(names.slice(0, depth).join("/"), (name) =>
        mkdir(name).catch((error: NodeJS.ErrnoException) => {
          if (error.code !== "EEXIST") throw error;
        }),
      );
    }
    return files.at(path, body);
  }

  async function replace(path: string, content: Readable, over?: string | null): Promise<Replaced> {
    const staged = await files.stage(path, content, over);
    try {
      return await deletedItems.replace(staged, path, async (waiting) => {
        await checkMayPut?.();
        return files.put(waiting, path, over);
      });
    } catch (error) {
      return failOn(path, error);
    } finally {
      await unlink(staged).catch(() => undefined);
    }
  }

  return {
    ...files,
    replace,
    write: async (path, content, over) => (await replace(path, content, over)).version,
    async list(path, { offset, limit, hidden, find }) {
      const folder = files.openFolder(path);
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
    zip: async (path, name) => zipFolder(files.openFolder(path), name, path === ""),
    remove: (path, over) =>
      files.at(path, async (name) => {
        if (path === "") throw new FilesError("bad-path", "the folder itself can't be deleted");
        if (over !== undefined) await files.check(name, path, over);
        const stats = await lstat(name);
        const kind = stats.isFile() ? "file" : stats.isDirectory() ? "folder" : "other";
        return deletedItems.keep(name, path, kind);
      }),
    deleted: deletedItems.list,
    bringBack: (id) => deletedItems.bringBack(id, atMakingFolders, files.put),
    recover: deletedItems.recover,
    forget: deletedItems.forget,
  };
}

const README = /^readme\.md$/i;

async function describe(folder: string, name: string): Promise<FolderEntry | null> {
  const stats = await lstat(`${folder}/${name}`).catch(() => null);
  if (stats === null) return null;
  const kind = stats.isFile() ? "file" : stats.isDirectory() ? "folder" : "other";
  return { name, kind, size: kind === "file" ? stats.size : 0, mtime: Math.floor(stats.mtimeMs / 1000) };
}
