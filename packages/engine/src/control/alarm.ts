import type { Clock } from "../ports/clock.ts";

/** Wakes the control loop: rung while it works, it does not sleep at all. */
export function createAlarm(clock: Clock) {
  let rung = false;
  let end: () => void = () => undefined;

  return {
    ring(): void {
      rung = true;
      end();
    },
    /** Whether it rang since the last reset. */
    hasRung: () => rung,
    reset(): void {
      rung = false;
    },
    /** Sleeps for so many milliseconds, or until it rings. */
    async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
      if (rung || signal.aborted) return;
      const sleep = new AbortController();
      // A reason of our own: the one that is made without it is an error with a stack, as costly as the rest of a cycle.
      const stop = () => sleep.abort("woken");
      end = stop;
      signal.addEventListener("abort", stop, { once: true });
      await clock.sleep(Math.max(0, milliseconds), sleep.signal);
      signal.removeEventListener("abort", stop);
      end = () => undefined;
    },
  };
}

export type Alarm = ReturnType<typeof createAlarm>;
