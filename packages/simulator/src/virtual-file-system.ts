import {
  type Clock,
  type ContentHash,
  type FileSystem,
  FileSystemError,
  type FileSystemErrorCode,
  type Fingerprint,
  type FolderListing,
  type LocalEntry,
  type LocalIdentity,
  type LocalStat,
  type Mount,
  type Name,
  type OpenFile,
  parentPath,
  type RelativePath,
  type Seconds,
  type StagedFile,
  type Watcher,
  type WatchHint,
  WRITTEN_SINCE,
} from "@twinfold/engine";
import type { DiskThing } from "./disk-things.ts";
import { DiskWatch, type HintHook } from "./disk-watch.ts";
import { Calls, type FaultHook } from "./faults.ts";
import { STAGING_FOLDER, type VirtualDisk } from "./virtual-disk.ts";
import { asErrorAt, errorAt } from "./virtual-file-errors.ts";
import { expectFile, lookup } from "./virtual-lookups.ts";
import { type ReadingOptions, VirtualReading } from "./virtual-reading.ts";
import { VirtualStagedFile, VirtualStaging } from "./virtual-staging.ts";
import { statOf } from "./virtual-stat.ts";

export interface VirtualFileSystemOptions extends ReadingOptions {
  readonly clock: Clock;
  /** Sessions that share a root have staging folders of their own. */
  readonly session?: string;
  /** Whose session this is, through all its runs. */
  readonly link?: string;
  readonly faults?: FaultHook;
  readonly hints?: HintHook;
  /** Whether a listing lacks one entry, as on network file systems where names come and go meanwhile. */
  readonly overlooks?: () => boolean;
  /** How many folders can be watched. */
  readonly watchLimit?: number;
  /** The kind of network file system that the disk is; not told, it is no such. */
  readonly share?: string;
}

/** A virtual disk as the engine's port sees it: one connection, as of one process. */
export class VirtualFileSystem implements FileSystem {
  readonly #disk: VirtualDisk;
  readonly #options: VirtualFileSystemOptions;
  readonly #calls: Calls;
  readonly #root: DiskThing;
  readonly #session: string;
  readonly #staging: VirtualStaging;
  readonly #reading: VirtualReading;
  readonly #watches = new Set<DiskWatch>();
  readonly #markName: string;

  constructor(disk: VirtualDisk, options: VirtualFileSystemOptions) {
    this.#disk = disk;
    this.#options = options;
    this.#calls = new Calls("file system", options.clock, options.faults);
    this.#root = disk.root;
    this.#markName = options.link ?? "link";
    this.#session = options.session ?? "session";
    this.#staging = new VirtualStaging(disk, this.#session, (...call) => this.#run(...call));
    this.#reading = new VirtualReading(disk, this.#calls, options);
    disk.sessions.add(this.#session);
  }

  /** As `kill -9` of the process: what it was about to do does not happen, what lies in staging stays there. */
  kill(): void {
    this.#calls.kill();
    this.#disk.sessions.delete(this.#session);
    for (const watch of this.#watches) watch.stop();
  }

  /** What lies in this session's staging. */
  staged(): string[] {
    return this.#staging.staged();
  }

  /** The watcher's queue overflows. */
  overflow(): void {
    for (const watch of this.#watches) watch.overflow();
  }

  async *list(
    folders: readonly RelativePath[],
  ): AsyncGenerator<FolderListing | { readonly path: RelativePath; readonly error: FileSystemError }> {
    for (const path of folders) {
      let result: FolderListing | { readonly path: RelativePath; readonly error: FileSystemError };
      try {
        result = await this.#run("list", path, () => this.#listing(path));
      } catch (error) {
        if (!(error instanceof FileSystemError)) throw error;
        result = { path, error };
      }
      yield result;
    }
  }

  stat(path: RelativePath): Promise<LocalStat | null> {
    return this.#run("stat", path, () => {
      const thing = lookup(this.#disk, path);
      if (thing === undefined) return null;
      if (this.#disk.unknowable.has(thing)) throw errorAt("unreadable", path);
      return statOf(thing);
    });
  }

  hash(path: RelativePath, signal: AbortSignal): Promise<{ readonly hash: ContentHash; readonly stat: LocalStat }> {
    return this.#run("hash", path, () => this.#reading.hash(path, signal));
  }

  open(path: RelativePath, expected: Fingerprint): Promise<OpenFile> {
    return this.#run("open", path, () => this.#reading.open(path, expected, (...call) => this.#run(...call)));
  }

  createFolder(path: RelativePath): Promise<LocalStat> {
    return this.#run("createFolder", path, () => statOf(this.#disk.createFolder(path)));
  }

  stage(path: RelativePath): Promise<StagedFile> {
    return this.#run("stage", "", () => this.#staging.next(this.#disk.volumeOf(path)));
  }

  place(
    staged: StagedFile,
    path: RelativePath,
    expected: Fingerprint | null,
    mtime: Seconds | null,
  ): Promise<LocalStat> {
    if (!(staged instanceof VirtualStagedFile)) throw new TypeError("that file was not staged here");
    return this.#run("place", path, (amid) => {
      this.#disk.folder(parentPath(path));
      if (this.#disk.volumeOf(path) !== staged.volume) throw errorAt("changed", path);
      if (mtime !== null) this.#disk.setModified(staged.path, mtime * 1000);
      if (expected !== null) {
        const { mode } = expectFile(this.#disk, path, expected);
        this.#disk.setMode(staged.path, mode);
      }
      this.#disk.rename(staged.path, path, expected !== null);
      const asStaged = statOf(this.#disk.find(path));
      amid();
      const stat = lookup(this.#disk, path);
      if (stat === undefined || statOf(stat).identity !== asStaged.identity) throw errorAt("changed", path);
      const { fingerprint } = asStaged;
      return { ...statOf(stat), fingerprint: statOf(stat).fingerprint === fingerprint ? fingerprint : WRITTEN_SINCE };
    });
  }

  setModified(path: RelativePath, expected: Fingerprint, mtime: Seconds): Promise<LocalStat> {
    return this.#run("setModified", path, () => {
      const file = expectFile(this.#disk, path, expected);
      this.#disk.setModified(path, mtime * 1000);
      return statOf(file);
    });
  }

  move(from: RelativePath, to: RelativePath, expected: LocalIdentity): Promise<LocalStat> {
    return this.#run("move", `${from} -> ${to}`, () => {
      for (const path of [from, to]) this.#disk.folder(parentPath(path));
      const thing = this.#disk.find(from);
      if (statOf(thing).identity !== expected) throw errorAt("changed", from);
      this.#disk.rename(from, to, false);
      return statOf(thing);
    });
  }

  removeFile(path: RelativePath, expected: Fingerprint): Promise<void> {
    return this.#run("removeFile", path, () => {
      expectFile(this.#disk, path, expected);
      // It goes by way of staging.
      this.#staging.make();
      this.#disk.removeFile(path);
    });
  }

  removeFolder(path: RelativePath, expected: LocalIdentity): Promise<void> {
    return this.#run("removeFolder", path, () => {
      if (statOf(this.#disk.find(path)).identity !== expected) throw errorAt("changed", path);
      this.#disk.removeFolder(path);
    });
  }

  watch(onHints: (hints: readonly WatchHint[]) => void): Promise<Watcher> {
    return this.#run("watch", "", () => {
      const { clock, hints, watchLimit } = this.#options;
      const limit = watchLimit ?? Number.POSITIVE_INFINITY;
      const watch = new DiskWatch(this.#disk, { clock, onHints, hook: hints, limit });
      this.#watches.add(watch);
      return watch;
    });
  }

  async mounts(): Promise<readonly Mount[]> {
    const kind = this.#options.share;
    const own = kind === undefined ? [] : [{ path: "" as RelativePath, kind, tellsAll: false }];
    return [...own, ...this.#disk.volumes().map((path) => ({ path, kind: "ext4", tellsAll: true }))];
  }

  mark(): Promise<string | null> {
    return this.#run("mark", "", () => this.#disk.marks.get(this.#markName) ?? null);
  }

  setMark(word: string): Promise<void> {
    return this.#run("setMark", "", () => this.#disk.setMark(this.#markName, word));
  }

  clearStaging(): Promise<void> {
    return this.#run("clearStaging", "", () => this.#staging.clearLeftOvers());
  }

  /** The session ends in good order; without a root it ends all the same. */
  async close(): Promise<void> {
    try {
      await this.#run("close", "", () => this.#staging.end());
    } finally {
      this.#disk.sessions.delete(this.#session);
    }
  }

  #run<T>(name: string, path: string, effect: (amid: () => void) => T | Promise<T>): Promise<T> {
    return this.#calls.run(name, path, async (amid) => {
      if (!this.#disk.mounted || this.#disk.root !== this.#root)
        throw errorAt("root", "" as RelativePath, "the root is not there");
      try {
        return await effect(amid);
      } catch (error) {
        throw asErrorAt(path as RelativePath, error);
      }
    });
  }

  #listing(path: RelativePath): FolderListing {
    const folder = this.#disk.folder(path);
    if (this.#disk.unreadable.has(folder)) throw errorAt("unreadable", path);
    const entries: LocalEntry[] = [];
    const unknown: { name: Name; why: FileSystemErrorCode }[] = [];
    for (const [name, thing] of folder.children) {
      if (path === "" && name === STAGING_FOLDER) continue;
      if (this.#disk.unknowable.has(thing)) unknown.push({ name: name as Name, why: "unreadable" });
      else entries.push({ ...statOf(thing), name: name as Name });
    }
    if (entries.length > 0 && this.#options.overlooks?.()) entries.shift();
    return { path, self: statOf(folder), entries, unknown };
  }
}
