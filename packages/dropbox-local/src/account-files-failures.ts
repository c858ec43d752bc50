import { nameProblem } from "@twinfold/dropbox-rules";
import { AccountFilesError } from "./account-files.ts";
import { DeleteFailure, LookupFailure, RelocationFailure, WriteFailure, type WriteReason } from "./store/failures.ts";

/** Tells the store's failures in words for people. */
export function translate<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof LookupFailure) throw lookupProblem(path, error);
    if (error instanceof WriteFailure) throw writeProblem(path, error.reason, error);
    if (error instanceof RelocationFailure) throw relocationProblem(path, error);
    if (error instanceof DeleteFailure) throw new AccountFilesError("too-many", tooMany(path), error);
    throw error;
  }
}

function lookupProblem(path: string, error: LookupFailure): AccountFilesError {
  return error.reason === "malformed_path"
    ? badName(path, error)
    : new AccountFilesError("not-found", `There is nothing at ${path}.`, error);
}

function relocationProblem(path: string, error: RelocationFailure): AccountFilesError {
  const { reason } = error;
  if (typeof reason === "object")
    return "to" in reason
      ? writeProblem(path, reason.to, error)
      : new AccountFilesError("not-found", `There is nothing to move to ${path}.`, error);
  switch (reason) {
    case "cant_move_folder_into_itself":
    case "duplicated_or_nested_paths":
      return new AccountFilesError("into-itself", `That would put a folder or file into itself: ${path}.`, error);
    case "too_many_files":
      return new AccountFilesError("too-many", tooMany(path), error);
    case "insufficient_quota":
    case "too_many_write_operations":
      return writeProblem(path, "insufficient_space", error);
  }
}

function writeProblem(path: string, reason: WriteReason, cause: Error): AccountFilesError {
  if (typeof reason === "object")
    return new AccountFilesError(
      "exists",
      reason.conflict === "file_ancestor"
        ? `A part of ${path} is a file, not a folder.`
        : `There is a ${reason.conflict} at ${path} already.`,
      cause,
    );
  if (reason === "insufficient_space")
    return new AccountFilesError("full", "There is not enough space left in this Dropbox.", cause);
  return badName(path, cause);
}

function badName(path: string, cause: Error): AccountFilesError {
  const problem = path
    .split("/")
    .slice(1)
    .map(nameProblem)
    .find((one) => one !== null);
  return new AccountFilesError(
    "bad-name",
    problem?.sentence ?? `${path} is not a path in this Dropbox: it begins with a slash.`,
    cause,
  );
}

function tooMany(path: string): string {
  return `${path} holds more than 10,000 files and folders: do it in parts.`;
}
