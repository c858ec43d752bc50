import {
  ACCESS_TOKEN_SECONDS,
  MAXIMUM_HEADER_BYTES,
  MAXIMUM_RELOCATED_ENTRIES,
  MAXIMUM_REQUEST_SIZE,
  MAXIMUM_ZIP_ENTRIES,
  MAXIMUM_ZIP_FILE_SIZE,
  MAXIMUM_ZIP_SIZE,
  POLL_JITTER_SECONDS,
  UPLOAD_SESSION_SECONDS,
} from "@twinfold/dropbox-rules";
import { DropboxLocalError } from "./errors.ts";

/** Dropbox's limits and times, which stay as they are while the server runs. Each is a setting, so that a test can meet it soon. */
export interface Figures {
  readonly accessTokenSeconds: number;
  /** How long an authorization code lives. */
  readonly codeSeconds: number;
  readonly uploadSessionSeconds: number;
  /** How long a temporary link to a file lives. */
  readonly temporaryLinkSeconds: number;
  /** A new account's space. */
  readonly quotaBytes: number;
  /** The largest body of an upload request, in bytes. */
  readonly maximumRequestSize: number;
  /** All headers of a request together. */
  readonly maximumHeaderBytes: number;
  /** How much may be below a folder that is moved, copied or deleted: fewer entries than these. */
  readonly maximumRelocatedEntries: number;
  /** What a folder may hold that is had as a zip file: fewer entries, fewer bytes, and each file smaller than these. */
  readonly maximumZipEntries: number;
  readonly maximumZipSize: number;
  readonly maximumZipFileSize: number;
  /** What a long poll waits beyond what was asked, at random, up to so long. */
  readonly pollJitterSeconds: number;
  /** How long requests are counted for `requestsPerSecond`: who was refused has to wait no longer. */
  readonly requestWindowSeconds: number;
  /** The `Retry-After` of `too_many_write_operations`, in seconds. */
  readonly lockRetryAfter: number;
  /** What happens to accounts within this time goes into one notification of a webhook. */
  readonly webhookDelayMs: number;
  /** How long the first retry of a notification waits; each further one twice as long. */
  readonly webhookRetryMs: number;
  /** How often a notification is tried again before it is given up. */
  readonly webhookRetries: number;
  /** How long a webhook has to answer. */
  readonly webhookTimeoutMs: number;
  /** So many notifications given up in a row disable a webhook. */
  readonly webhookGivenUpLimit: number;
}

/** Dropbox's own, where it has told them. */
export const DROPBOX_FIGURES: Readonly<Figures> = {
  accessTokenSeconds: ACCESS_TOKEN_SECONDS,
  codeSeconds: 600,
  uploadSessionSeconds: UPLOAD_SESSION_SECONDS,
  temporaryLinkSeconds: 4 * 3600,
  quotaBytes: 2 * 1024 ** 4,
  maximumRequestSize: MAXIMUM_REQUEST_SIZE,
  maximumHeaderBytes: MAXIMUM_HEADER_BYTES,
  maximumRelocatedEntries: MAXIMUM_RELOCATED_ENTRIES,
  maximumZipEntries: MAXIMUM_ZIP_ENTRIES,
  maximumZipSize: MAXIMUM_ZIP_SIZE,
  maximumZipFileSize: MAXIMUM_ZIP_FILE_SIZE,
  pollJitterSeconds: POLL_JITTER_SECONDS,
  requestWindowSeconds: 15,
  lockRetryAfter: 1,
  webhookDelayMs: 200,
  webhookRetryMs: 1000,
  // With the first wait of a second, over about ten minutes, as an older page of Dropbox's says.
  webhookRetries: 9,
  webhookTimeoutMs: 10_000,
  // When Dropbox disables one is not documented.
  webhookGivenUpLimit: 3,
};

/** Those that can be nothing: there is no jitter, no space, no retry then. */
const MAY_BE_ZERO: readonly (keyof Figures)[] = [
  "quotaBytes",
  "pollJitterSeconds",
  "lockRetryAfter",
  "webhookDelayMs",
  "webhookRetryMs",
  "webhookRetries",
];

/** What was asked for, the rest Dropbox's. @throws DropboxLocalError `bad-argument` that names the figure */
export function figuresOf(asked: { readonly [Name in keyof Figures]?: number | undefined }): Figures {
  const figures = { ...DROPBOX_FIGURES };
  for (const name of Object.keys(DROPBOX_FIGURES) as (keyof Figures)[]) {
    const value = asked[name];
    if (value === undefined) continue;
    const least = MAY_BE_ZERO.includes(name) ? 0 : 1;
    if (!Number.isInteger(value) || value < least)
      throw new DropboxLocalError("bad-argument", `${name} can't be ${value}: it is a whole number, ${least} or more.`);
    Object.assign(figures, { [name]: value });
  }
  return figures;
}
