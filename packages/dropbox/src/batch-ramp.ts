import { MAXIMUM_BATCH_ENTRIES } from "@twinfold/dropbox-rules";
import type { Clock } from "@twinfold/engine";

/** Files of the first batch (one `append_batch` takes them), by how much each is larger, and the largest there is. */
const FIRST = 90;
const GROWTH = 4;
const MOST = MAXIMUM_BATCH_ENTRIES;
/** Milliseconds without a batch after which the next is a first one again. */
const IDLE = 10_000;

/** How many files a batch may have: few at first, so that something is seen soon, and more with each that follows. */
export function createBatchRamp(clock: Clock) {
  let size = FIRST;
  let last = Number.NEGATIVE_INFINITY;
  return {
    next(): number {
      const now = clock.monotonic();
      size = now - last > IDLE ? FIRST : Math.min(MOST, size * GROWTH);
      last = now;
      return size;
    },
  };
}

export type BatchRamp = ReturnType<typeof createBatchRamp>;
