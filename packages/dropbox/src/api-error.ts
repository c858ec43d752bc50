import { RemoteError } from "@twinfold/engine";
import { ZodError } from "zod";

/** An answer that says no. `tags` is the path through the error's unions: `path/conflict/file` (match on these only). */
export class DropboxApiError extends Error {
  override readonly name = "DropboxApiError";
  readonly status: number;
  readonly tags: string;
  /** The error as the server gave it; unions are open, so nothing about its form is certain. */
  readonly detail: unknown;
  /** Seconds, where the server named some. */
  readonly retryAfter: number | undefined;
  constructor(route: string, status: number, tags: string, detail: unknown, retryAfter?: number) {
    super(`Dropbox answered ${status} to ${route}${tags === "" ? "" : `: ${tags}`}`);
    this.status = status;
    this.tags = tags;
    this.detail = detail;
    this.retryAfter = retryAfter;
  }
}

/** No answer: the connection failed, broke, or nothing came in time. Whether the server acted is not known. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
}

/** The tags of an error union, outermost first: `{".tag":"path","path":{".tag":"conflict","conflict":{".tag":"file"}}}`. */
export function tagsOf(error: unknown): string {
  const tags: string[] = [];
  for (let at: unknown = error; typeof at === "object" && at !== null; ) {
    const tag: unknown = (at as Record<string, unknown>)[".tag"];
    if (typeof tag !== "string") break;
    tags.push(tag);
    const record = at as Record<string, unknown>;
    // A void member ends the union; a struct's fields stand beside its tag (upload's `path` has a `reason`).
    at = record[tag] ?? record.reason;
  }
  return tags.join("/");
}

/** Whether an error says that the link is at an end. */
export function isRevoked(error: DropboxApiError): boolean {
  return error.status === 401 && !error.tags.startsWith("expired_access_token");
}

/** Whether Dropbox is occupied with other writes to the account: the same request will be taken later. */
export function isBusy(error: unknown): boolean {
  return error instanceof DropboxApiError && error.tags.split("/").includes("too_many_write_operations");
}

/** Whether the same request may succeed a little later, with nothing changed. */
export function isPassing(error: unknown): boolean {
  if (error instanceof ConnectionError || isBusy(error)) return true;
  return error instanceof DropboxApiError && (error.status === 429 || error.status >= 500);
}

/** Whether it may have been done all the same: a lost answer, or an error from something in front of the server. */
export function mayBeDone(error: unknown): boolean {
  return error instanceof ConnectionError || (error instanceof DropboxApiError && error.status >= 500);
}

/** What the engine is told about an answer, whatever the route. What is no failure of the remote is thrown on. */
export function remoteErrorOf(error: unknown): RemoteError {
  if (error instanceof RemoteError) return error;
  if (error instanceof ConnectionError) {
    return new RemoteError("offline", `Dropbox can't be reached: ${error.message}`, { cause: error });
  }
  if (error instanceof ZodError) {
    return new RemoteError("offline", "Dropbox's answer is not understood: trying again later.", { cause: error });
  }
  if (!(error instanceof DropboxApiError)) throw error;
  const { status, tags } = error;
  const has = (part: string) => tags.split("/").includes(part);
  const say = (code: RemoteError["code"], message: string) => new RemoteError(code, message, { cause: error });
  if (isRevoked(error)) return say("revoked", "Dropbox no longer accepts this link: connect the account again.");
  if (status === 401 || status === 429 || status >= 500) {
    return new RemoteError("offline", `Dropbox is not answering as it should (${status}): trying again later.`, {
      cause: error,
      ...(error.retryAfter === undefined ? {} : { retryAfter: error.retryAfter * 1000 }),
    });
  }
  if (status === 403) return say("refused", "Dropbox does not allow this: the app lacks the permission.");
  if (has("insufficient_space") || has("insufficient_quota"))
    return say("full", "The Dropbox is full: make room there, or get more space.");
  if (has("reset")) return say("reset", "Dropbox asks to list the folder anew.");
  if (has("too_many_write_operations")) return say("offline", "Dropbox is busy with other changes: trying again.");
  // An upload session that is not as we thought, or is gone: nothing was committed.
  if (tags.startsWith("lookup_failed") || has("incorrect_offset") || has("closed") || tags.startsWith("concurrent_")) {
    return say("mismatch", "The file did not arrive whole and was not kept: trying again.");
  }
  if (has("content_hash_mismatch") || status === 416)
    return say("mismatch", "The file arrived damaged and was not kept: trying again.");
  if (has("conflict") || has("not_file") || has("not_folder") || has("duplicated_or_nested_paths")) {
    return say("conflict", "Something else is there in Dropbox by now.");
  }
  // A background job of which nothing is known any more may have done its work.
  if (has("cant_move_folder_into_itself") || has("invalid_async_job_id") || has("internal_error")) {
    return say("conflict", "Dropbox could not do this as things are there by now: looking again.");
  }
  if (has("not_found")) return say("not-found", "It is not in Dropbox any more.");
  if (has("restricted_content"))
    return say("refused", "Dropbox does not give this file out: its content is restricted.");
  if (has("unsupported_file")) return say("refused", "This is a cloud document without a file of its own.");
  if (has("malformed_path") || has("disallowed_name"))
    return say("refused", "Dropbox does not take this name: rename it.");
  if (has("team_folder") || has("no_write_permission") || has("access_error")) {
    return say("refused", "Dropbox does not allow changes at this place.");
  }
  if (has("too_many_files")) return say("refused", "Dropbox does not change more than 10,000 files at once.");
  return say("refused", `Dropbox refused this (${tags === "" ? status : tags}).`);
}
