/** What the command ends with; EXIT_MEANINGS says what each is for. */
export const EXIT = {
  ok: 0,
  no: 1,
  usage: 2,
  root: 3,
  remotePath: 4,
  notLinked: 5,
  reconnect: 6,
  portTaken: 7,
  newer: 8,
  leaseHeld: 9,
  folder: 10,
  offline: 11,
  internal: 70,
} as const;

/** For the man page; docs/cli.md says the same. */
export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: "done",
  no: "what was asked is not so: `wait` ran out of time, nothing runs, no rule matches",
  usage: "the words of the call are off",
  root: "the root: missing, no folder, not to be read and changed, in or around another root",
  remotePath: "the remote path is malformed",
  notLinked: "no Dropbox is linked",
  reconnect: "the link is revoked, expired or not accepted: link again",
  portTaken: "the port is taken",
  newer: "state or data of a newer Twinfold; untouched",
  leaseHeld: "another engine keeps this root in sync",
  folder: "a configuration, data or state folder that can't be used",
  offline: "Dropbox can't be reached",
  internal: "a defect: please report it",
};

/** An end with a reason: one line for people, a code for programs. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: number;
  constructor(exitCode: number, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.exitCode = exitCode;
  }
}
