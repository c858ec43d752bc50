export type SnapshotErrorCode =
  /** There is no such snapshot, or nothing in it at this path. */
  | "not-found"
  /** A file or folder can't be read, so that it can't be saved. */
  | "unreadable"
  /** The disk has no room. */
  | "full";

export class SnapshotError extends Error {
  override readonly name = "SnapshotError";
  readonly code: SnapshotErrorCode;
  constructor(code: SnapshotErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** SQLite's codes (sqlite.org/rescode.html) for a disk that is full, and for one on which the index of its log does not fit. */
const SQLITE_FULL: ReadonlySet<unknown> = new Set([13, 10 | (19 << 8)]);

const full = (cause: unknown) =>
  new SnapshotError("full", "The disk is full: delete files or snapshots, then try again.", cause);

/** What SQLite said, as people are told it. */
export function catalogueError(error: unknown): unknown {
  return SQLITE_FULL.has((error as { errcode?: unknown }).errcode) ? full(error) : error;
}

/** What the kernel said of a path, as people are told it. */
export function snapshotError(path: string, error: unknown): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case "ENOSPC":
    case "EDQUOT":
      return full(error);
    case "EACCES":
    case "EPERM":
    case "EIO":
      return new SnapshotError("unreadable", `"${path}" can't be read: change who may read it, then try again.`, error);
    default:
      return error;
  }
}
