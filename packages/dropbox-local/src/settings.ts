import {
  ACCESS_TOKEN_SECONDS,
  MAXIMUM_REQUEST_SIZE,
  POLL_JITTER_SECONDS,
  UPLOAD_SESSION_SECONDS,
} from "@twinfold/dropbox-rules";
import { type Conditions, conditionsOf } from "./conditions.ts";
import { type ProfileName, profileNamed } from "./profiles.ts";

/**
 * How a local Dropbox behaves. Everything but the folder has a default, Dropbox's own where Dropbox has one; that of the
 * conditions is the profile's.
 */
export interface DropboxLocalOptions extends Partial<Readonly<Conditions>> {
  /** Absolute path of the folder that holds everything; made if missing. One process at a time may use it. */
  readonly dataFolder: string;
  /** 0, the default, picks a free one. */
  readonly port?: number;
  /** The address to listen on; 127.0.0.1 by default. */
  readonly host?: string;
  /** The conditions that are not given; `none` by default: nothing is in the way. */
  readonly profile?: ProfileName;
  /** Count requests and bytes by route, and answer `GET /__control/stats`. */
  readonly stats?: boolean;
  /** Answer the control API under `/__control` (from this machine only): for tests. */
  readonly control?: boolean;
  readonly accessTokenSeconds?: number;
  readonly uploadSessionSeconds?: number;
  /** How long an authorization code lives, in seconds. */
  readonly codeSeconds?: number;
  /** A new account's space, in bytes. */
  readonly quotaBytes?: number;
  /** The largest body of an upload request, in bytes. */
  readonly maximumRequestSize?: number;
  /** What a long poll waits beyond what was asked, at random, up to this many seconds. */
  readonly pollJitterSeconds?: number;
  /** What happens to accounts within this time goes into one notification of a webhook, in milliseconds. */
  readonly webhookDelayMs?: number;
  /** How long the first retry of a notification waits, in milliseconds; each further one twice as long. */
  readonly webhookRetryMs?: number;
}

/** The options with their defaults. */
export type Settings = Required<
  Omit<DropboxLocalOptions, "dataFolder" | "port" | "host" | "profile" | keyof Conditions>
> & {
  /** As they are now: the control API changes them. */
  readonly conditions: Conditions;
};

/** @throws DropboxLocalError `bad-argument` */
export function settingsOf(options: DropboxLocalOptions): Settings {
  return {
    conditions: conditionsOf(profileNamed(options.profile ?? "none"), options),
    stats: options.stats ?? false,
    control: options.control ?? false,
    accessTokenSeconds: options.accessTokenSeconds ?? ACCESS_TOKEN_SECONDS,
    uploadSessionSeconds: options.uploadSessionSeconds ?? UPLOAD_SESSION_SECONDS,
    codeSeconds: options.codeSeconds ?? 600,
    quotaBytes: options.quotaBytes ?? 2 * 1024 ** 4,
    maximumRequestSize: options.maximumRequestSize ?? MAXIMUM_REQUEST_SIZE,
    pollJitterSeconds: options.pollJitterSeconds ?? POLL_JITTER_SECONDS,
    webhookDelayMs: options.webhookDelayMs ?? 200,
    webhookRetryMs: options.webhookRetryMs ?? 1000,
  };
}
