import { DropboxLocalError } from "./errors.ts";

/** What the way to the server and its limits are like. All of it may change while the server runs. */
export interface Conditions {
  /** How long each API and token request waits before it is looked at, in milliseconds. */
  latencyMs: number;
  /** How long a write holds its account's lock, in milliseconds. */
  commitMs: number;
  /** How long a write waits for that lock before it is refused with `too_many_write_operations`, in milliseconds. */
  lockWaitMs: number;
  /** What the bodies of one account's requests, and those of its answers, have together; bytes in a second, null: no limit. */
  uploadBytesPerSecond: number | null;
  downloadBytesPerSecond: number | null;
  /**
   * How many API requests one authorization (an account and an app) may make in a second, measured over 15 of them; those
   * beyond are refused with `too_many_requests`. Null: no limit.
   */
  requestsPerSecond: number | null;
}

/** Nothing is in the way: what a test of something else wants. */
export const NO_LIMITS: Readonly<Conditions> = {
  latencyMs: 0,
  commitMs: 0,
  lockWaitMs: 1000,
  uploadBytesPerSecond: null,
  downloadBytesPerSecond: null,
  requestsPerSecond: null,
};

/** The conditions that were asked for, on top of others. @throws DropboxLocalError `bad-argument` that names the one */
export function conditionsOf(base: Readonly<Conditions>, asked: Partial<Conditions>): Conditions {
  const conditions = { ...base };
  for (const name of Object.keys(NO_LIMITS) as (keyof Conditions)[]) {
    const value = asked[name];
    if (value === undefined) continue;
    const isDuration = typeof NO_LIMITS[name] === "number";
    if (isDuration ? !isAtLeast(value, 0) : value !== null && !isAtLeast(value, 1))
      throw new DropboxLocalError(
        "bad-argument",
        `${name} can't be ${value}: it is ${isDuration ? "a number of milliseconds, 0 or more" : "a number from 1 on, or null for no limit"}.`,
      );
    Object.assign(conditions, { [name]: value });
  }
  return conditions;
}

function isAtLeast(value: number | null, least: number): boolean {
  return value !== null && Number.isFinite(value) && value >= least;
}
