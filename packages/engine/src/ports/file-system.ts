import type { ContentHash, Fingerprint, LocalIdentity, Name, RelativePath, Seconds } from "./values.ts";

/** What one look at one name on disk showed. */
export interface LocalStat {
  readonly kind: "file" | "folder" | "special";
  readonly identity: LocalIdentity;
  readonly fingerprint: Fingerprint;
  /** Bytes; 0 for what is not a file. */
  readonly size: number;
  /** Modification time. */
  readonly mtime: Seconds;
  /** For `special`: what it is, in words for people ("symbolic link", "socket", …). */
  readonly special?: string;
}

export interface LocalEntry extends LocalStat {
  readonly name: Name;
}

/** One folder, read whole. What could not be looked at is named in `unknown`: it is there, but nothing more is known. */
export interface FolderListing {
  readonly path: RelativePath;
  /** The folder's own stat, taken before its names were read. */
  readonly self: LocalStat;
  readonly entries: readonly LocalEntry[];
  readonly unknown: readonly { readonly name: Name; readonly why: FileSystemErrorCode }[];
}

export type FileSystemErrorCode =
  /** No such file or folder. The only code that speaks for absence. */
  | "not-found"
  /** Something has that name already. */
  | "exists"
  /** The thing on disk is not what was expected (other identity, fingerprint or kind): look again. */
  | "changed"
  /** Permission denied, or an input/output error. */
  | "unreadable"
  | "read-only"
  | "not-a-folder"
  | "not-empty"
  /** A name or path that this file system can't hold. */
  | "bad-name"
  /** No space left, or over quota. */
  | "full"
  /** A rename from one file system to another, both in the root. */
  | "cross-device"
  /** Something is mounted there. */
  | "busy"
  /** The root is missing, was replaced or unmounted: nothing below it can be believed. */
  | "root"
  /** The name leads out of the root: a symbolic link on the way. */
  | "escapes"
  /** Something that is not the engine's has the place of its staging. */
  | "in-the-way";

export class FileSystemError extends Error {
  override readonly name = "FileSystemError";
  readonly code: FileSystemErrorCode;
  readonly path: RelativePath;
  constructor(code: FileSystemErrorCode, path: RelativePath, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.path = path;
  }
}

/** A file opened for upload. Its bytes are promised to be those of one version: `verify` tells if that held. */
export interface OpenFile {
  readonly size: number;
  /** The bytes from `start` up to, not including, `end`. A shorter file ends early; `verify` is then false. */
  read(start: number, end: number): AsyncIterable<Uint8Array>;
  /** Whether the path still leads to the same file with the same fingerprint. */
  verify(): Promise<boolean>;
  close(): Promise<void>;
}

/** A file being put together in the staging folder, not yet visible under any name of the user's. */
export interface StagedFile {
  /** Replaces what was staged with `content`, made durable (fsync); its hash and size. @throws FileSystemError `full` */
  write(content: AsyncIterable<Uint8Array>): Promise<{ hash: ContentHash; size: number }>;
  /** Removes it; nothing happens if it was placed. */
  discard(): Promise<void>;
}

/** Something below `path` may have changed. A hint, never the truth: the engine looks for itself. */
export type WatchHint =
  /**
   * The folder's names, or files directly in it, may have changed. `names`: which, where known; `closed`: those whose
   * writer has closed them, so that there is no need to wait until they hold still.
   */
  | {
      readonly kind: "folder";
      readonly path: RelativePath;
      readonly names?: readonly Name[];
      readonly closed?: readonly Name[];
    }
  /**
   * Anything in the folder or below may have changed: events were lost, or a folder that was watched there has left. What
   * is there by now is not watched until it is added again.
   */
  | { readonly kind: "subtree"; readonly path: RelativePath };

export interface Watcher {
  /**
   * Watch exactly these folders from now on; called with each folder that the engine has listed, before listing it.
   * A folder that is gone is not an error. Watching ends by itself when a folder is deleted.
   * @returns the folders that can't be watched (limits reached): the engine sweeps those itself.
   */
  add(folders: readonly RelativePath[]): Promise<readonly RelativePath[]>;
  close(): Promise<void>;
}

/** The file system that the root lies on, or one that is mounted inside, or another part of the same one. */
export interface Mount {
  /** Where it begins; empty for the root's own. */
  readonly path: RelativePath;
  /** As the system calls it: `ext4`, `nfs4`, … */
  readonly kind: string;
  /** Whether a watcher is told of whoever writes there; if not, another machine may without a word. */
  readonly tellsAll: boolean;
}

/** The fingerprint of no file: what is there was looked at when somebody had written to it, and is to be looked at again. */
export const WRITTEN_SINCE = "" as Fingerprint;

/**
 * The user's files below one root. Paths that come in are relative to it; none leads out of it, not even through a
 * symbolic link. Each call throws FileSystemError, with `root` when the root itself is not what it was when opened.
 */
export interface FileSystem {
  /** Lists folders, each whole or as an error, in the order asked. @yields one result a folder. */
  list(
    folders: readonly RelativePath[],
  ): AsyncIterable<FolderListing | { readonly path: RelativePath; readonly error: FileSystemError }>;

  /** One look. @returns null exactly when there is no such name in a folder that is there. */
  stat(path: RelativePath): Promise<LocalStat | null>;

  /** The hash of a file whose fingerprint was the same before and after reading. @throws `changed` when it was not. */
  hash(path: RelativePath, signal: AbortSignal): Promise<{ readonly hash: ContentHash; readonly stat: LocalStat }>;

  /** Opens a file if it is still the one with this fingerprint. @throws `changed` */
  open(path: RelativePath, expected: Fingerprint): Promise<OpenFile>;

  /** Makes one folder; its parent must exist. @throws `exists` */
  createFolder(path: RelativePath): Promise<LocalStat>;

  /** A place for a new file in the staging folder of the file system in which `path` is, or is to be. It is there once written. */
  stage(path: RelativePath): Promise<StagedFile>;

  /**
   * Puts a staged file at `path`, atomically: either over the file that has the fingerprint `expected`, whose mode it
   * takes over, or, with `expected` null, where nothing is. A writer who comes between look and swap loses nothing: the
   * displaced file is looked at again after the swap, and put back if it was not the expected one. One who writes right after
   * it is not taken for what was staged: the fingerprint is `WRITTEN_SINCE` then.
   * @throws `changed`, also where the path lies in another file system by now; `not-found`, `exists`. The staged file is
   * kept then, so that it can be placed elsewhere.
   */
  place(
    staged: StagedFile,
    path: RelativePath,
    expected: Fingerprint | null,
    mtime: Seconds | null,
  ): Promise<LocalStat>;

  /** Sets the modification time of the file that has this fingerprint. @throws `changed` */
  setModified(path: RelativePath, expected: Fingerprint, mtime: Seconds): Promise<LocalStat>;

  /** Renames the thing with this identity to a name that is free. @throws `changed`, `exists`, `cross-device` */
  move(from: RelativePath, to: RelativePath, expected: LocalIdentity): Promise<LocalStat>;

  /**
   * Removes the file with this fingerprint, or the folder with this identity if it is empty.
   * @throws `changed`, `not-empty`; `not-found` when it is gone already.
   */
  removeFile(path: RelativePath, expected: Fingerprint): Promise<void>;
  removeFolder(path: RelativePath, expected: LocalIdentity): Promise<void>;

  /** What is mounted just now: the root's own, where that is known, and all inside it. */
  mounts(): Promise<readonly Mount[]>;

  /** Starts watching; hints come as soon as they are known, in batches. */
  watch(onHints: (hints: readonly WatchHint[]) => void): Promise<Watcher>;

  /**
   * A word that this session left with the root itself, apart from what the engine remembers; null when there is none,
   * or where the file system can't keep one. It tells a state that was rolled back from one that is up to date.
   */
  mark(): Promise<string | null>;
  setMark(word: string): Promise<void>;

  /** Removes what an earlier run, ended at any point, has left in the staging folder; displaced user files are put back. */
  clearStaging(): Promise<void>;
}
