import type { Clock } from "@twinfold/engine";

interface Timer {
  readonly due: number;
  /** Order among those due at the same time. */
  readonly number: number;
  readonly fire: () => void;
}

/**
 * Time that passes only when it is told to, and the one place where anything waits: the next thing to happen is always
 * the timer that is due first. Promises run to the end between two timers, so that a run depends on its seed alone.
 */
export class VirtualTime implements Clock {
  #elapsed = 0;
  /** What the wall clock shows beyond the time that has passed. */
  #offset: number;
  #timers: Timer[] = [];
  #count = 0;

  /** @param start what the wall clock shows at first, in milliseconds since 1970. */
  constructor(start = Date.UTC(2026, 0, 5, 9)) {
    this.#offset = start;
  }

  now(): number {
    return this.#offset + Math.floor(this.#elapsed);
  }

  monotonic(): number {
    return this.#elapsed;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const timer = this.#add(milliseconds, () => {
        signal?.removeEventListener("abort", cancel);
        resolve();
      });
      const cancel = () => {
        this.#remove(timer);
        resolve();
      };
      signal?.addEventListener("abort", cancel, { once: true });
    });
  }

  /** Calls once, later. */
  after(milliseconds: number, call: () => void): void {
    this.#add(milliseconds, call);
  }

  /** Sets the wall clock forward or back; nothing that sleeps notices. */
  jump(milliseconds: number): void {
    this.#offset += milliseconds;
  }

  /** Lets everything happen that needs no time. */
  quiet(): Promise<void> {
    return settled();
  }

  /** Lets the next timer fire and everything that follows from it; all else must have settled. @returns false when none is left. */
  async #step(): Promise<boolean> {
    const next = this.#timers.shift();
    if (next === undefined) return false;
    this.#elapsed = Math.max(this.#elapsed, next.due);
    next.fire();
    await settled();
    return true;
  }

  /** Lets this much time pass. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#elapsed + milliseconds;
    await settled();
    while ((this.#timers[0]?.due ?? Number.POSITIVE_INFINITY) <= end) await this.#step();
    this.#elapsed = end;
  }

  /**
   * Lets time pass until the promise is settled, and gives what it gives.
   * @throws Error when `limit` milliseconds have passed or `mostSteps` timers have fired, or when nothing is left that
   * could settle it.
   */
  async until<T>(promise: Promise<T>, limit = 3_600_000, mostSteps = Number.POSITIVE_INFINITY): Promise<T> {
    let done = false;
    const end = this.#elapsed + limit;
    const watched = promise.finally(() => {
      done = true;
    });
    watched.catch(() => undefined);
    await settled();
    for (let steps = 0; !done; steps++) {
      if (steps >= mostSteps) throw new Error(`not done after ${mostSteps} steps`);
      if ((this.#timers[0]?.due ?? 0) > end) throw new Error(`not done after ${limit} ms of virtual time`);
      if (!(await this.#step()) && !done) throw new Error("nothing is left to happen, and it is not done");
    }
    return watched;
  }

  #add(milliseconds: number, fire: () => void): Timer {
    const timer = { due: this.#elapsed + Math.max(0, milliseconds), number: this.#count++, fire };
    // Kept in order; most timers go near the end, so look from there.
    let at = this.#timers.length;
    while (at > 0 && (this.#timers[at - 1]?.due ?? 0) > timer.due) at--;
    this.#timers.splice(at, 0, timer);
    return timer;
  }

  #remove(timer: Timer): void {
    const at = this.#timers.indexOf(timer);
    if (at >= 0) this.#timers.splice(at, 1);
  }
}

/**
 * Resolves when every promise that can go on has done so. Asked for by a promise, the next tick comes only when none is
 * left (asked for outside of any, it comes before them all), and unlike an immediate it asks the operating system nothing.
 */
async function settled(): Promise<void> {
  await undefined;
  return new Promise((resolve) => process.nextTick(resolve));
}
