/** Exit codes of `npm start`, documented in README. */
export const EXIT = { failed: 1, usage: 2, portTaken: 3, dataNewer: 4, dataTaken: 5 } as const;

/** What keeps the server from running, with the exit code that says so. */
export class StartError extends Error {
  override readonly name = "StartError";
  readonly exitCode: number;
  constructor(exitCode: number, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.exitCode = exitCode;
  }
}

/** What a request is answered when it can't be carried out. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly status: number;
  readonly code: string;
  /** Seconds after which it may be tried again; null where that is not known. */
  readonly retryAfter: number | null;
  constructor(status: number, code: string, message: string, retryAfter: number | null = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }
}
