export interface Inode {
  readonly number: number;
  /** Permission bits; only those of the owner count, whom everybody here is. */
  mode: number;
  /** Milliseconds since 1970. Users set it to what they like; that of a folder tells when its names changed last. */
  modified: number;
  /** Grows with each change of the content, of the attributes or of a name. */
  changed: number;
}

export interface DiskFile extends Inode {
  readonly kind: "file";
  content: Uint8Array;
}

export interface DiskFolder extends Inode {
  readonly kind: "folder";
  readonly children: Map<string, DiskThing>;
}

/** A symbolic link (to nowhere), a named pipe, … */
export interface DiskSpecial extends Inode {
  readonly kind: "special";
  readonly what: string;
}

export type DiskThing = DiskFile | DiskFolder | DiskSpecial;

/** Like errno: what a system call of Linux answers. */
export type DiskErrorCode =
  | "ENOENT"
  | "EEXIST"
  | "ENOTDIR"
  | "EISDIR"
  | "ENOTEMPTY"
  | "EINVAL"
  | "ENAMETOOLONG"
  | "ENOSPC"
  | "EACCES"
  | "EPERM"
  | "EROFS"
  | "ELOOP"
  | "EBUSY"
  | "EXDEV"
  | "ENXIO";

export class DiskError extends Error {
  override readonly name = "DiskError";
  readonly code: DiskErrorCode;
  constructor(code: DiskErrorCode, path: string) {
    super(`${code}: ${path}`);
    this.code = code;
  }
}

/** What inotify would tell of one change. */
export interface DiskEvent {
  /** Null where only the thing itself is concerned. */
  readonly folder: DiskFolder | null;
  readonly name: string;
  /** `written`: but not closed yet; `moved`: a name came or went by a rename; `attributes`: times, mode and the like. */
  readonly kind: "created" | "written" | "closed" | "deleted" | "moved" | "attributes";
  readonly thing: DiskThing;
}

/** A symbolic link, which nothing leads through. */
export function isLink(thing: DiskThing): boolean {
  return thing.kind === "special" && thing.what === "symbolic link";
}
