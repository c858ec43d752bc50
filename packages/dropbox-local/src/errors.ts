export type DropboxLocalErrorCode =
  /** Another program listens on that port. */
  | "port-taken"
  /** The address can't be listened on: no permission, or not this machine's. */
  | "address-refused"
  /** The data folder was written by a newer version of this program. */
  | "data-newer"
  /** The data folder can't be made, read or written, or its database is damaged. */
  | "data-unreadable"
  /** Another process has the data folder open. */
  | "data-in-use"
  /** What a caller or a setting asks for makes no sense; the message says what. */
  | "bad-argument";

/** Why the local Dropbox could not start or do as told; the message is one sentence that names the thing. */
export class DropboxLocalError extends Error {
  override readonly name = "DropboxLocalError";
  readonly code: DropboxLocalErrorCode;
  constructor(code: DropboxLocalErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
