export type FilesErrorCode =
  | "not-found"
  | "exists"
  /** What is there is not what the writer had in mind. */
  | "changed"
  | "bad-path"
  | "not-a-folder"
  | "not-a-file"
  | "full"
  | "denied";

export class FilesError extends Error {
  override readonly name = "FilesError";
  readonly code: FilesErrorCode;
  constructor(code: FilesErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** What the disk says of a path, as its user is told. @throws FilesError, or what is a defect */
export function failOn(path: string, error: unknown): never {
  if (error instanceof FilesError) throw error;
  const code = (error as NodeJS.ErrnoException).code;
  switch (code) {
    case "ENOENT":
      throw new FilesError("not-found", `"${path}" is not there`, error);
    case "EEXIST":
    case "ENOTEMPTY":
      throw new FilesError("exists", `"${path}" is there already`, error);
    case "ENOTDIR":
      throw new FilesError("not-a-folder", `"${path}" is not a folder`, error);
    case "ELOOP":
      throw new FilesError("not-a-file", `"${path}" is not a file`, error);
    case "ENAMETOOLONG":
    case "EINVAL":
      throw new FilesError("bad-path", `"${path}" is not a name that the disk can hold`, error);
    case "ENOSPC":
    case "EDQUOT":
      throw new FilesError("full", "the disk is full", error);
    case "EACCES":
    case "EPERM":
    case "EROFS":
      throw new FilesError("denied", `"${path}" can't be read or changed`, error);
    default:
      throw error;
  }
}
