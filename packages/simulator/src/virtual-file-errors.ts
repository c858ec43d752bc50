import { FileSystemError, type FileSystemErrorCode, type RelativePath } from "@twinfold/engine";
import { DiskError, type DiskErrorCode } from "./disk-things.ts";

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
  EBUSY: "busy",
  EXDEV: "cross-device",
  ENXIO: "unreadable",
};

export function errorAt(
  code: FileSystemErrorCode,
  path: RelativePath,
  message?: string,
  cause?: unknown,
): FileSystemError {
  return new FileSystemError(code, path, message ?? `${path === "" ? "the root" : path}: ${code}`, cause);
}

/** What the disk said, as the port says it; what is none of the disk's passes unchanged. */
export function asErrorAt(path: RelativePath, error: unknown): unknown {
  return error instanceof DiskError ? errorAt(codes[error.code], path, undefined, error) : error;
}
