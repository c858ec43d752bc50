import type { Clock } from "@twinfold/engine";

/** Files of the first batch, and of the largest (`finish_batch_v2` takes no more). */
const FIRST = 100;
const MOST = 1000;
/** Milliseconds without a batch after which the next is a first one again. */
const IDLE = 10_000;

/** How many files a batch may have: few at first, so that something is seen soon, and more with each that follows. */
export function createBatchRamp(clock: Clock) {
  let size = FIRST;
  let last = Number.NEGATIVE_INFINITY;
  return {
    next(): number {
      const now = clock.monotonic();
      size = now - last > IDLE ? FIRST : Math.min(MOST, size * 2);
      last = now;
      return size;
    },
  };
}

export type BatchRamp = ReturnType<typeof createBatchRamp>;
