import type { Delay } from "../status.ts";

/** Older ones say little of how it is now. */
const KEPT = 40;

/** The last delays of one direction, in milliseconds, and what is usual among them. */
export function createRecentDelays() {
  const ring: number[] = [];
  let next = 0;

  return {
    add(milliseconds: number): void {
      ring[next] = Math.round(milliseconds);
      next = (next + 1) % KEPT;
    },
    /** Null until there was one. */
    figures(): Delay | null {
      if (ring.length === 0) return null;
      const sorted = ring.toSorted((a, b) => a - b);
      /** By the nearest rank: one that was measured, not one in between. */
      const atRank = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] as number;
      return { median: atRank(0.5), percentile95: atRank(0.95), count: sorted.length };
    },
  };
}
