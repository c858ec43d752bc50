import { RemoteError } from "@twinfold/engine";

/** Whether who was to receive a content could not take it, such as that the disk is full. */
export function isReceiversOwn(error: unknown): error is Error {
  return error instanceof Error && error.name === "FileSystemError";
}

/** What the receiver says is passed on as the cause. */
export function refusedBy(error: Error): RemoteError {
  return new RemoteError("mismatch", error.message, { cause: error });
}
