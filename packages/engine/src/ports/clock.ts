/** Time, so that a simulator can own it. */
export interface Clock {
  /** Milliseconds since 1970. May jump, either way. */
  now(): number;
  /** Milliseconds on a clock that never goes back; only differences mean something. */
  monotonic(): number;
  /** Resolves after `milliseconds`, or at once when the signal aborts (it does not reject). */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** Chance, so that a simulator can own it. */
export interface Randomness {
  /** At least 0, below 1. */
  next(): number;
}

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      signal?.addEventListener("abort", done, { once: true });
    }),
};

/** The machine's own chance. */
export const systemRandomness: Randomness = { next: () => Math.random() };
