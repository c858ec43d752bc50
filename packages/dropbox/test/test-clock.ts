import type { Clock, Randomness } from "@twinfold/engine";

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/**
 * A clock for tests with real connections. `patient`: time stands still until the test moves it. `hasty`: whoever
 * sleeps wakes at once, and the time of waking has come; who sleep side by side wake side by side.
 */
export class TestClock implements Clock {
  readonly #hasty: boolean;
  #time = 0;
  #sleepers: Sleeper[] = [];
  /** Each sleep that was asked for, in milliseconds. */
  readonly slept: number[] = [];

  constructor(mode: "patient" | "hasty") {
    this.#hasty = mode === "hasty";
  }

  now(): number {
    return Date.UTC(2026, 0, 1) + this.#time;
  }

  monotonic(): number {
    return this.#time;
  }

  get sleeping(): number {
    return this.#sleepers.length;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    this.slept.push(milliseconds);
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const sleeper = { until: this.#time + milliseconds, wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener("abort", () => this.#wake(sleeper), { once: true });
      if (this.#hasty) {
        setImmediate(() => {
          this.#time = Math.max(this.#time, sleeper.until);
          this.#wake(sleeper);
        });
      }
    });
  }

  /** Lets time pass; who should have woken by then does. */
  advance(milliseconds: number): void {
    this.#time += milliseconds;
    for (const sleeper of this.#sleepers.filter(({ until }) => until <= this.#time)) this.#wake(sleeper);
  }

  #wake(sleeper: Sleeper): void {
    this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
    sleeper.wake();
  }
}

/** Chance that always comes out the same. */
export function steady(value: number): Randomness {
  return { next: () => value };
}
