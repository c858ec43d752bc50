import type { SessionErrorCode } from "../session-error.ts";

/** Why a session said no: to a program a code, to a person the message. */
export type ControlErrorCode =
  | SessionErrorCode
  /** What was asked is not so, or can't be done here. */
  | "no"
  /** The words are off. */
  | "usage"
  | "not-linked"
  /** The link is revoked or expired. */
  | "reconnect"
  | "offline"
  | "defect";

/** What a session answers when it can't do what it is asked. The message is one line. */
export class ControlError extends Error {
  override readonly name = "ControlError";
  readonly code: ControlErrorCode;
  constructor(code: ControlErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
