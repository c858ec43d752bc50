import type { FileSystem, WatchHint } from "@twinfold/engine";

/** Whose a file or folder is to read and write: nobody's, its owner's, or also everybody's to read. */
export type Access = "none" | "own" | "all";

const FILE_MODES: Readonly<Record<Access, number>> = { none: 0, own: 0o600, all: 0o644 };
const FOLDER_MODES: Readonly<Record<Access, number>> = { none: 0, own: 0o700, all: 0o755 };

export function modeOf(access: Access, isFolder: boolean): number {
  return (isFolder ? FOLDER_MODES : FILE_MODES)[access];
}

/** What programs do to files, and what they see, by system calls on paths below the root. Errors have a `code`: errno's. */
export interface SystemCalls {
  /** open(2) with O_CREAT and O_TRUNC, write(2), close(2). No link is followed, and no pipe is waited for. */
  write(path: string, content: string): void;
  append(path: string, content: string): void;
  /** open(2), ftruncate(2), close(2). */
  truncate(path: string, size: number): void;
  mkdir(path: string): void;
  rmdir(path: string): void;
  unlink(path: string): void;
  rename(from: string, to: string): void;
  link(from: string, to: string): void;
  /** One that leads nowhere. */
  symlink(path: string): void;
  fifo(path: string): void;
  chmod(path: string, access: Access): void;
  /** Sets the modification time, in milliseconds since 1970. */
  touch(path: string, milliseconds: number): void;
  /** `rm -rf .twinfold`. */
  removeStaging(): void;
  /** The permission bits of a file and what is in it. */
  peek(path: string): { readonly mode: number; readonly content: string };
}

/** A disk with the port to it, virtual or real. */
export interface DiskSide {
  readonly calls: SystemCalls;
  readonly files: FileSystem;
  /** A moment passes, so that times tell what comes before from what comes after. */
  tick(): void;
  rootAway(replaced: boolean): void;
  rootBack(): void;
  watch(onHints: (hints: readonly WatchHint[]) => void): Promise<void>;
  /** Watches folders, as a watcher's `add`. */
  add: Awaited<ReturnType<FileSystem["watch"]>>["add"];
  /** Resolves when every hint about what has happened has been told. */
  allHintsTold(): Promise<void>;
  close(): Promise<void>;
}
