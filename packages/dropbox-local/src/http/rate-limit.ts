import type { Conditions } from "../conditions.ts";
import { rateLimitError } from "./api-error.ts";

interface Count {
  readonly began: number;
  requests: number;
}

/**
 * Dropbox's limit of requests: each authorization has its own (performance guide). Its `Retry-After` is how long to wait for
 * certain success. Refused requests count too, as the guide says: they use up what the next window has, but for one.
 */
export class RateLimit {
  readonly #conditions: Readonly<Pick<Conditions, "requestsPerSecond">>;
  /** How long requests are counted before the count begins anew, in milliseconds; so long a refused one has to wait at most. */
  readonly #window: number;
  readonly #counts = new Map<string, Count>();

  constructor(conditions: Readonly<Pick<Conditions, "requestsPerSecond">>, windowSeconds: number) {
    this.#conditions = conditions;
    this.#window = windowSeconds * 1000;
  }

  /** Counts a request. @throws ApiError 429 `too_many_requests` */
  take(ns: number, app: string, now = performance.now()): void {
    const { requestsPerSecond } = this.#conditions;
    if (requestsPerSecond === null) return;
    const allowed = Math.max(1, Math.floor((requestsPerSecond * this.#window) / 1000));
    const key = `${ns} ${app}`;
    let count = this.#counts.get(key);
    if (count === undefined || now >= count.began + this.#window) {
      const refused = count === undefined || now >= count.began + 2 * this.#window ? 0 : count.requests - allowed;
      count = { began: now, requests: Math.min(Math.max(0, refused), allowed - 1) };
      this.#counts.set(key, count);
    }
    count.requests++;
    if (count.requests > allowed)
      throw rateLimitError("too_many_requests", Math.ceil((count.began + this.#window - now) / 1000));
  }
}
