import { FileSystemError, RemoteError, type RemoteErrorCode } from "@twinfold/engine";
import { DropboxError, type DropboxErrorTag } from "./virtual-dropbox.ts";

const codes: Readonly<Record<DropboxErrorTag, RemoteErrorCode>> = {
  not_found: "not-found",
  conflict: "conflict",
  disallowed_name: "refused",
  insufficient_space: "full",
  nested: "conflict",
};

/** What the engine is told of a failure. @throws what is no error of the world but a defect */
export function asRemoteError(error: unknown): RemoteError {
  if (error instanceof RemoteError) return error;
  if (error instanceof DropboxError) return new RemoteError(codes[error.tag], error.message, { cause: error });
  // The receiver's disk refused what arrived.
  if (error instanceof FileSystemError) return new RemoteError("mismatch", error.message, { cause: error });
  throw error;
}
