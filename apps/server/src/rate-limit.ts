import { RequestError } from "./server-error.ts";

/** Milliseconds. */
const WINDOW = 60_000;

/** So many times in any minute, for each key by itself. */
export function createRateLimit(most: number) {
  const taken = new Map<string, number[]>();
  return {
    /** Counts before it is done, so that many at once are no way round. @throws RequestError 429 */
    take(key: string, now = Date.now()): void {
      const recent = (taken.get(key) ?? []).filter((time) => time > now - WINDOW);
      const [first = now] = recent;
      if (recent.length >= most) throw tooMany(Math.ceil((first + WINDOW - now) / 1000));
      // Keys that nobody uses any more are not remembered.
      for (const [other, times] of taken) if ((times.at(-1) ?? 0) <= now - WINDOW) taken.delete(other);
      taken.set(key, [...recent, now]);
    },
    forget: (key: string) => taken.delete(key),
  };
}

function tooMany(seconds: number): RequestError {
  const wait = seconds === 1 ? "a second" : `${seconds} seconds`;
  return new RequestError(429, "too-many-tries", `Too many tries: wait ${wait}.`, seconds);
}
