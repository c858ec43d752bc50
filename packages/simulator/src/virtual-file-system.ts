import { contentHash } from "@twinfold/dropbox-rules";
import {
  type Clock,
  type ContentHash,
  type FileSystem,
  FileSystemError,
  type FileSystemErrorCode,
  type Fingerprint,
  type FolderListing,
  joinPath,
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
} from "@twinfold/engine";
import { DiskWatch, type HintHook } from "./disk-watch.ts";
import { Calls, type FaultHook } from "./faults.ts";
import {
  DiskError,
  type DiskErrorCode,
  type DiskFile,
  type DiskThing,
  STAGING_FOLDER,
  type VirtualDisk,
} from "./virtual-disk.ts";

export interface VirtualFileSystemOptions {
  readonly clock: Clock;
  /** Sessions that share a root have staging folders of their own. */
  readonly session?: string;
  /** Whose session this is, through all its runs. */
  readonly link?: string;
  readonly faults?: FaultHook;
  readonly hints?: HintHook;
  /** Whether a listing lacks one entry, as on network file systems where names come and go meanwhile. */
  readonly overlooks?: () => boolean;
  /** Bytes that are read in one moment; between two such pieces a user may write. */
  readonly pieceSize?: number;
  /** Milliseconds between two pieces. */
  readonly betweenPieces?: () => number;
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
  readonly #staging: RelativePath;
  readonly #watches = new Set<DiskWatch>();
  readonly #markName: string;
  #staged = 0;

  constructor(disk: VirtualDisk, options: VirtualFileSystemOptions) {
    this.#disk = disk;
    this.#options = options;
    this.#calls = new Calls("file system", options.clock, options.faults);
    this.#root = disk.root;
    this.#markName = options.link ?? "link";
    this.#session = options.session ?? "session";
    this.#staging = joinPath(STAGING_FOLDER as RelativePath, this.#session);
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
    const own = this.#lookup(this.#staging);
    return own?.kind === "folder" ? [...own.children.keys()].map((name) => joinPath(this.#staging, name)) : [];
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
      const thing = this.#lookup(path);
      if (thing === undefined) return null;
      if (this.#disk.unknowable.has(thing)) throw this.#error("unreadable", path);
      return statOf(thing);
    });
  }

  hash(path: RelativePath, signal: AbortSignal): Promise<{ readonly hash: ContentHash; readonly stat: LocalStat }> {
    return this.#run("hash", path, async () => {
      const file = this.#openFile(path, null);
      const before = statOf(file);
      const pieces: Uint8Array[] = [];
      for await (const piece of this.#pieces(file, 0, file.content.length)) {
        signal.throwIfAborted();
        pieces.push(piece);
      }
      if (!this.#leadsTo(path, file, before.fingerprint)) throw this.#error("changed", path);
      return { hash: contentHash(Buffer.concat(pieces)) as ContentHash, stat: before };
    });
  }

  open(path: RelativePath, expected: Fingerprint): Promise<OpenFile> {
    return this.#run("open", path, () => {
      const file = this.#openFile(path, expected);
      return {
        size: file.content.length,
        read: (start: number, end: number) => this.#pieces(file, start, end),
        verify: () => this.#run("verify", path, () => this.#leadsTo(path, file, expected)).catch(falseWithoutRoot),
        close: async () => undefined,
      };
    });
  }

  createFolder(path: RelativePath): Promise<LocalStat> {
    return this.#run("createFolder", path, () => statOf(this.#disk.createFolder(path)));
  }

  stage(): Promise<StagedFile> {
    return this.#run("stage", "", () => {
      this.#makeStaging();
      const path = joinPath(this.#staging, `${++this.#staged}`);
      return new VirtualStagedFile(path, { disk: this.#disk, run: (name, body) => this.#run(name, path, body) });
    });
  }

  place(
    staged: StagedFile,
    path: RelativePath,
    expected: Fingerprint | null,
    mtime: Seconds | null,
  ): Promise<LocalStat> {
    if (!(staged instanceof VirtualStagedFile)) throw new TypeError("that file was not staged here");
    return this.#run("place", path, () => {
      this.#disk.folder(parentPath(path));
      if (mtime !== null) this.#disk.setModified(staged.path, mtime * 1000);
      if (expected !== null) {
        const { mode } = this.#expectFile(path, expected);
        this.#disk.setMode(staged.path, mode);
      }
      this.#disk.rename(staged.path, path, expected !== null);
      return statOf(this.#disk.find(path));
    });
  }

  setModified(path: RelativePath, expected: Fingerprint, mtime: Seconds): Promise<LocalStat> {
    return this.#run("setModified", path, () => {
      const file = this.#expectFile(path, expected);
      this.#disk.setModified(path, mtime * 1000);
      return statOf(file);
    });
  }

  move(from: RelativePath, to: RelativePath, expected: LocalIdentity): Promise<LocalStat> {
    return this.#run("move", `${from} -> ${to}`, () => {
      for (const path of [from, to]) this.#disk.folder(parentPath(path));
      const thing = this.#disk.find(from);
      if (statOf(thing).identity !== expected) throw this.#error("changed", from);
      this.#disk.rename(from, to, false);
      return statOf(thing);
    });
  }

  removeFile(path: RelativePath, expected: Fingerprint): Promise<void> {
    return this.#run("removeFile", path, () => {
      this.#expectFile(path, expected);
      // It goes by way of staging.
      this.#makeStaging();
      this.#disk.removeFile(path);
    });
  }

  removeFolder(path: RelativePath, expected: LocalIdentity): Promise<void> {
    return this.#run("removeFolder", path, () => {
      if (statOf(this.#disk.find(path)).identity !== expected) throw this.#error("changed", path);
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
    return kind === undefined ? [] : [{ path: "" as RelativePath, kind, tellsAll: false }];
  }

  mark(): Promise<string | null> {
    return this.#run("mark", "", () => this.#disk.marks.get(this.#markName) ?? null);
  }

  setMark(word: string): Promise<void> {
    return this.#run("setMark", "", () => this.#disk.setMark(this.#markName, word));
  }

  clearStaging(): Promise<void> {
    return this.#run("clearStaging", "", () => {
      const base = STAGING_FOLDER as RelativePath;
      if (this.#disk.lookup(base)?.kind !== "folder") return;
      for (const name of [...this.#disk.folder(base).children.keys()]) {
        const folder = joinPath(base, name);
        if (this.#disk.sessions.has(name) || this.#disk.lookup(folder)?.kind !== "folder") continue;
        for (const file of [...this.#disk.folder(folder).children.keys()])
          this.#disk.removeFile(joinPath(folder, file));
        this.#disk.removeFolder(folder);
      }
      this.#removeIfEmpty(base);
    });
  }

  /** The session ends in good order; without a root it ends all the same. */
  async close(): Promise<void> {
    try {
      await this.#run("close", "", () => {
        this.#removeIfEmpty(this.#staging);
        this.#removeIfEmpty(STAGING_FOLDER as RelativePath);
      });
    } finally {
      this.#disk.sessions.delete(this.#session);
    }
  }

  #makeStaging(): void {
    for (const folder of [STAGING_FOLDER as RelativePath, this.#staging])
      if (this.#disk.lookup(folder) === undefined) this.#disk.createFolder(folder);
  }

  #removeIfEmpty(path: RelativePath): void {
    try {
      this.#disk.removeFolder(path);
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
    }
  }

  #run<T>(name: string, path: string, effect: () => T | Promise<T>): Promise<T> {
    return this.#calls.run(name, path, async () => {
      if (!this.#disk.mounted || this.#disk.root !== this.#root)
        throw this.#error("root", "" as RelativePath, "the root is not there");
      try {
        return await effect();
      } catch (error) {
        if (error instanceof DiskError) throw this.#error(codes[error.code], path as RelativePath, undefined, error);
        throw error;
      }
    });
  }

  #listing(path: RelativePath): FolderListing {
    const folder = this.#disk.folder(path);
    if (this.#disk.unreadable.has(folder)) throw this.#error("unreadable", path);
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

  /** @throws FileSystemError `not-found`, `changed` */
  #expectFile(path: RelativePath, expected: Fingerprint): DiskFile {
    const thing = this.#disk.find(path);
    if (thing.kind !== "file" || statOf(thing).fingerprint !== expected) throw this.#error("changed", path);
    return thing;
  }

  /** As open(2) for reading. @throws FileSystemError `not-found`, `unreadable`, `escapes`, `changed` */
  #openFile(path: RelativePath, expected: Fingerprint | null): DiskFile {
    const thing = this.#disk.find(path);
    if (thing.kind === "special" && thing.what === "symbolic link") throw new DiskError("ELOOP", path);
    if ((thing.mode & 0o400) === 0 || this.#disk.unreadable.has(thing)) throw new DiskError("EACCES", path);
    if (thing.kind !== "file") throw this.#error("changed", path);
    return expected === null ? thing : this.#expectFile(path, expected);
  }

  /** Nothing is in a folder that is not there either. */
  #lookup(path: RelativePath): DiskThing | undefined {
    try {
      return this.#disk.lookup(path);
    } catch (error) {
      if (error instanceof DiskError && (error.code === "ENOENT" || error.code === "ENOTDIR")) return undefined;
      throw error;
    }
  }

  #leadsTo(path: RelativePath, file: DiskFile, fingerprint: Fingerprint): boolean {
    try {
      return this.#disk.lookup(path) === file && statOf(file).fingerprint === fingerprint;
    } catch (error) {
      if (error instanceof DiskError) return false;
      throw error;
    }
  }

  /** Each piece shows the file as it is when that piece is read. */
  async *#pieces(file: DiskFile, start: number, end: number): AsyncGenerator<Uint8Array> {
    const size = this.#options.pieceSize ?? 65_536;
    for (let at = start; at < end; at += size) {
      const pause = this.#options.betweenPieces?.() ?? 0;
      if (at > start && pause > 0) await this.#calls.pause(pause);
      const piece = file.content.slice(at, Math.min(end, at + size));
      if (piece.length === 0) return;
      yield piece;
    }
  }

  #error(code: FileSystemErrorCode, path: RelativePath, message?: string, cause?: unknown): FileSystemError {
    return new FileSystemError(code, path, message ?? `${path === "" ? "the root" : path}: ${code}`, cause);
  }
}

function falseWithoutRoot(error: unknown): false {
  if (error instanceof FileSystemError && error.code === "root") return false;
  throw error;
}

interface StagingDisk {
  readonly disk: VirtualDisk;
  run<T>(name: string, body: () => T | Promise<T>): Promise<T>;
}

class VirtualStagedFile implements StagedFile {
  readonly path: RelativePath;
  readonly #on: StagingDisk;

  constructor(path: RelativePath, on: StagingDisk) {
    this.path = path;
    this.#on = on;
  }

  write(content: AsyncIterable<Uint8Array>): Promise<{ hash: ContentHash; size: number }> {
    const { disk, run } = this.#on;
    return run("stage.write", async () => {
      const pieces: Uint8Array[] = [];
      if (disk.lookup(this.path) === undefined) disk.createFile(this.path, new Uint8Array());
      const file = disk.file(this.path);
      disk.setContent(file, new Uint8Array());
      for await (const piece of content) {
        pieces.push(piece);
        disk.setContent(file, Buffer.concat(pieces));
      }
      return { hash: contentHash(Buffer.concat(pieces)) as ContentHash, size: file.content.length };
    });
  }

  discard(): Promise<void> {
    const { disk, run } = this.#on;
    return run("stage.discard", () => {
      try {
        disk.removeFile(this.path);
      } catch (error) {
        if (!(error instanceof DiskError) || error.code !== "ENOENT") throw error;
      }
    });
  }
}

const codes: Readonly<Record<DiskErrorCode, FileSystemErrorCode>> = {
  ENOENT: "not-found",
  EEXIST: "exists",
  ENOTDIR: "not-a-folder",
  EISDIR: "changed",
  ENOTEMPTY: "not-empty",
  EINVAL: "bad-name",
  ENAMETOOLONG: "bad-name",
  ENOSPC: "full",
  EACCES: "unreadable",
  EPERM: "unreadable",
  EROFS: "read-only",
  ELOOP: "escapes",
  ENXIO: "unreadable",
};

function statOf(thing: DiskThing): LocalStat {
  const identity = `1:${thing.number}:${thing.number}` as LocalIdentity;
  const size = thing.kind === "file" ? thing.content.length : 0;
  return {
    kind: thing.kind,
    identity,
    fingerprint: `${size}:${thing.modified}:${thing.changed}:${identity}` as Fingerprint,
    size,
    mtime: Math.floor(thing.modified / 1000),
    ...(thing.kind === "special" ? { special: thing.what } : {}),
  };
}
