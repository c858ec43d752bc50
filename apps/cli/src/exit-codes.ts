/** What the command ends with; docs/cli.md says the same. */
export const EXIT = {
  ok: 0,
  /** What was asked is not so: `wait` ran out of time, nothing runs. */
  no: 1,
  /** The words of the call are off. */
  usage: 2,
  /** The root: missing, no folder, not to be read, in another root. */
  root: 3,
  /** The remote path is malformed. */
  remotePath: 4,
  notLinked: 5,
  /** The link is revoked or expired. */
  reconnect: 6,
  portTaken: 7,
  /** State or data of a newer Twinfold. */
  newer: 8,
  /** Another engine keeps this root in sync. */
  leaseHeld: 9,
  /** A data or state folder that can't be used. */
  folder: 10,
  /** Dropbox can't be reached. */
  offline: 11,
  /** A defect: please report it. */
  internal: 70,
} as const;

/** An end with a reason: one line for people, a code for programs. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: number;
  constructor(exitCode: number, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.exitCode = exitCode;
  }
}
