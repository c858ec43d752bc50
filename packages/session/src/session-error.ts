export type SessionErrorCode =
  /** The root is missing, is no folder, or can't be read and changed. */
  | "root"
  /** The root lies in another session's root, or around it. */
  | "nested-root"
  | "remote-path"
  /** Another engine keeps this root in sync with this account. */
  | "lease-held"
  /** The state folder was written by a newer Twinfold; untouched. */
  | "newer"
  /** The state folder can't be made or written. */
  | "state-folder";

/** What keeps a session from being opened. The message is one line and names the thing. */
export class SessionError extends Error {
  override readonly name = "SessionError";
  readonly code: SessionErrorCode;
  constructor(code: SessionErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
