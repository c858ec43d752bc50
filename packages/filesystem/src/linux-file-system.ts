import { closeSync, fsync, lutimesSync, mkdirSync, rmdirSync } from "node:fs";
import {
  type FileSystem,
  FileSystemError,
  type LocalStat,
  type RelativePath,
  ROOT_PATH,
  type Seconds,
  WRITTEN_SINCE,
} from "@twinfold/engine";
import { asFileSystemError, fileSystemError } from "./errors.ts";
import { HashingPool } from "./hashing-pool.ts";
import type { HasherSource } from "./hashing-worker.ts";
import { listFolder } from "./listing.ts";
import { mountsBelow, readMounts } from "./mounts.ts";
import { openFile } from "./reading.ts";
import { moveNoReplace } from "./rename.ts";
import { rootMark } from "./root-mark.ts";
import { RootWalk } from "./root-walk.ts";
import { type FileInStaging, stagedFile } from "./staged-file.ts";
import type { StagingOwner } from "./staging-owner.ts";
import { Stagings } from "./stagings.ts";
import { contentStamp, isFileAs, lookAt, statOf } from "./stat.ts";
import { displace, type Landed, putNew, replace } from "./swap.ts";
import { tellsOfAllWriters } from "./unheard-writers.ts";
import { createWatcher } from "./watcher.ts";

export interface OpenedFileSystem extends FileSystem {
  /** Tells this root from another that may come to the same path: device, inode and birth. */
  readonly rootIdentity: string;
  close(): Promise<void>;
}

/** Renames become durable together, so many milliseconds after the first. */
const SYNC_AFTER = 200;

/**
 * A Linux folder as the engine's file system.
 * @throws FileSystemError `root` when there is no such folder, or it can't be read and changed
 */
export function openFileSystem(options: {
  readonly root: string;
  readonly hasher: HasherSource;
  /** Whose session this is: each keeps a mark of its own. Letters, digits, `-` and `_`. */
  readonly session: string;
  /** Other machines write there, though the kind of its file system does not say so. */
  readonly shared?: boolean;
  /** Whether an engine of another host shows life at the root: what one that does not has left is cleared. Left out: each may. */
  readonly lives?: (owner: StagingOwner) => boolean;
}): OpenedFileSystem {
  const { root, hasher, shared: isShared = false } = options;
  let walk: RootWalk;
  try {
    walk = new RootWalk(root);
  } catch (error) {
    throw fileSystemError(ROOT_PATH, "root", error);
  }
  const stagings = new Stagings(walk, options.lives ?? (() => true));
  const hashing = new HashingPool(walk, hasher);
  const mark = rootMark(walk, options.session);
  const unsynced = new Set<RelativePath>();
  /** Devices on which others may write unheard; as of when it was last looked what is mounted. */
  let shared: ReadonlySet<bigint> = new Set();
  let syncing: NodeJS.Timeout | null = null;

  /** The error to throw for one; an absence is only believed while the root is what it was. */
  function translated(path: RelativePath, error: unknown): unknown {
    walk.check();
    return asFileSystemError(path, error);
  }

  /** Runs one look or change. */
  function guarded<T>(path: RelativePath, body: () => T): T {
    walk.check();
    try {
      return body();
    } catch (error) {
      throw translated(path, error);
    }
  }

  /** The same for what takes its time. */
  async function guardedAsync<T>(path: RelativePath, body: () => Promise<T>): Promise<T> {
    walk.check();
    try {
      return await body();
    } catch (error) {
      throw translated(path, error);
    }
  }

  /** Whether others may write there unheard, which those do that share it over a network. */
  const isFar = (device: bigint) => isShared || shared.has(device);
  const look = (path: RelativePath) => walk.at(path, (name) => lookAt(name));

  /**
   * The renames so far, in the file systems that begin at these folders, are made durable together: a journal commit covers
   * all that came before it.
   */
  function syncSoon(...tops: readonly RelativePath[]): void {
    for (const top of tops) unsynced.add(top);
    syncing ??= setTimeout(() => {
      syncing = null;
      for (const top of unsynced) syncFolder(walk, top);
      unsynced.clear();
    }, SYNC_AFTER);
  }

  return {
    rootIdentity: walk.identity,

    async *list(folders) {
      for (const path of folders) {
        try {
          yield guarded(path, () => listFolder(walk, path, isFar));
        } catch (error) {
          if (!(error instanceof FileSystemError)) throw error;
          yield { path, error };
        }
        await breathe();
      }
    },

    async stat(path) {
      try {
        return guarded(path, () => statOf(look(path)));
      } catch (error) {
        const code = error instanceof FileSystemError ? error.code : null;
        if (code === "not-found" || code === "not-a-folder") return null;
        throw error;
      }
    },

    hash: (path, signal) => guardedAsync(path, () => hashing.hash(path, signal)),

    open: (path, expected) => guardedAsync(path, () => openFile(walk, path, expected, isFar)),

    async createFolder(path) {
      return guarded(path, () =>
        walk.at(path, (name) => {
          mkdirSync(name);
          return statOf(lookAt(name));
        }),
      );
    },

    async stage(path) {
      walk.check();
      const staging = stagings.near(path);
      // That it is full is about the file; what else may be wrong there is about the staging folder.
      const forFile = <T>(body: () => Promise<T>) =>
        guardedAsync(staging.top, body).catch((error: unknown) => {
          throw error instanceof FileSystemError && error.code === "full"
            ? fileSystemError(path, "full", error)
            : error;
        });
      return guarded(staging.top, () => stagedFile(staging, hasher.create, forFile));
    },

    async place(staged, path, expected, mtime) {
      const inStaging = staged as FileInStaging;
      const { file, staging } = inStaging;
      try {
        return guarded(path, () =>
          walk.at(path, (name): LocalStat => {
            if (mtime !== null) file.at((own) => setTime(own, mtime));
            let landed: Landed;
            if (expected === null) landed = putNew(inStaging, path, name);
            else {
              const there = lookAt(name);
              if (!isFileAs(there, expected)) throw fileSystemError(path, "changed");
              landed = replace(inStaging, path, name, there);
            }
            syncSoon(staging.top);
            const stat = statOf(landed.stats);
            return landed.asStaged ? stat : { ...stat, fingerprint: WRITTEN_SINCE };
          }),
        );
      } catch (error) {
        // Its folder was moved, or something was mounted there, since it was staged.
        const isElsewhere = () => stagings.of(path) !== staging || staging.isLeftBehind(file);
        throw isCrossDevice(error) && isElsewhere() ? fileSystemError(path, "changed", error) : error;
      }
    },

    async setModified(path, expected, mtime) {
      return guarded(path, () =>
        walk.at(path, (name) => {
          if (!isFileAs(lookAt(name), expected)) throw fileSystemError(path, "changed");
          setTime(name, mtime);
          return statOf(lookAt(name));
        }),
      );
    },

    async move(from, to, expected) {
      return guarded(from, () =>
        walk.at(from, (source) =>
          walk.at(to, (target) => {
            if (statOf(lookAt(source)).identity !== expected) throw fileSystemError(from, "changed");
            moveNoReplace(source, target, to);
            const moved = statOf(lookAt(target));
            if (moved.identity !== expected) {
              moveNoReplace(target, source, from);
              throw fileSystemError(from, "changed");
            }
            syncSoon(stagings.top(to));
            return moved;
          }),
        ),
      );
    },

    async removeFile(path, expected) {
      guarded(path, () =>
        walk.at(path, (name) => {
          const there = lookAt(name);
          if (!isFileAs(there, expected)) throw fileSystemError(path, "changed");
          const staging = stagings.of(path);
          displace(staging, path, name, contentStamp(there));
          syncSoon(staging.top);
        }),
      );
    },

    async removeFolder(path, expected) {
      guarded(path, () =>
        walk.at(path, (name) => {
          if (statOf(lookAt(name)).identity !== expected) throw fileSystemError(path, "changed");
          rmdirSync(name);
        }),
      );
    },

    async watch(onHints) {
      return createWatcher(root, onHints);
    },

    mounts: () =>
      guardedAsync(ROOT_PATH, async () => {
        const lines = await readMounts();
        walk.renew();
        shared = new Set(lines.filter(({ kind }) => !tellsOfAllWriters(kind)).map(({ device }) => device));
        const own = walk.mount(lines);
        return [...(own === null ? [] : [own]), ...(await mountsBelow(root, lines))];
      }),

    async mark() {
      return guarded(ROOT_PATH, mark.read);
    },

    async setMark(word) {
      guarded(ROOT_PATH, () => mark.write(word));
    },

    async clearStaging() {
      await guardedAsync(ROOT_PATH, async () => {
        const below = await mountsBelow(root, await readMounts());
        stagings.clearLeftOvers(below.map(({ path }) => path));
      });
    },

    async close() {
      await hashing.close();
      if (syncing !== null) clearTimeout(syncing);
      try {
        walk.check();
        stagings.close();
      } finally {
        walk.close();
      }
    },
  };
}

/** Not through a link that is there. */
function setTime(name: string, mtime: Seconds): void {
  // Node takes a negative number for "now", but not a date before 1970.
  const time = new Date(mtime * 1000);
  lutimesSync(name, time, time);
}

function isCrossDevice(error: unknown): boolean {
  return error instanceof FileSystemError && error.code === "cross-device";
}

function syncFolder(walk: RootWalk, path: RelativePath): void {
  try {
    const fd = walk.openFolder(path);
    fsync(fd, () => closeSync(fd));
  } catch {
    // No longer mounted.
  }
}

/** Lets others run between two folders. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
