import { FileSystemError, type FileSystemErrorCode, type RelativePath } from "@twinfold/engine";
import { InTheWayError } from "./in-the-way.ts";

const CODES: Readonly<Record<string, FileSystemErrorCode>> = {
  ENOENT: "not-found",
  EEXIST: "exists",
  ENOTDIR: "not-a-folder",
  ENOTEMPTY: "not-empty",
  EISDIR: "changed",
  ELOOP: "escapes",
  EROFS: "read-only",
  EACCES: "unreadable",
  EPERM: "unreadable",
  EIO: "unreadable",
  ENAMETOOLONG: "bad-name",
  EINVAL: "bad-name",
  EILSEQ: "bad-name",
  ENOSPC: "full",
  EDQUOT: "full",
  EXDEV: "cross-device",
  EBUSY: "busy",
};

const SENTENCES: Readonly<Record<FileSystemErrorCode, string>> = {
  "not-found": "is not there",
  exists: "is there already",
  changed: "is not what it was",
  unreadable: "can't be read or changed: check its permissions and those of its folder",
  "read-only": "is on a read-only file system",
  "not-a-folder": "is not a folder",
  "not-empty": "is not empty",
  "bad-name": "has a name that this disk can't hold: rename it in Dropbox",
  full: "does not fit: the disk is full",
  root: "is not the folder that it was",
  "cross-device": "can't be moved from one file system to another",
  busy: "is in use: something may be mounted there",
  escapes: "leads out of the folder through a symbolic link",
  "in-the-way": "is where sync keeps things of its own",
};

/** What the disk said, as the port says it: a code, and a sentence that names the path. */
export function fileSystemError(path: RelativePath, code: FileSystemErrorCode, cause?: unknown): FileSystemError {
  return new FileSystemError(code, path, `${path === "" ? "the root" : path} ${SENTENCES[code]}`, cause);
}

/** @returns the error to throw for what Node or the kernel threw; what is none of theirs passes unchanged */
export function asFileSystemError(path: RelativePath, error: unknown): unknown {
  if (error instanceof FileSystemError) return error;
  if (error instanceof InTheWayError) return new FileSystemError("in-the-way", path, error.message, error);
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== "string" || !/^(E[A-Z]+|errno \d+)$/.test(code)) return error;
  return fileSystemError(path, CODES[code] ?? "unreadable", error);
}
