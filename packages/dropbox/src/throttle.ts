import type { Clock } from "@twinfold/engine";
import { type BandwidthLimits, type LimitsPlan, UNLIMITED } from "./limits-plan.ts";
import { everLimits, type LimitsNow, limitsAt } from "./limits-schedule.ts";

/** Milliseconds for which the machine's clock is believed: it may be put right, either way. */
const BELIEVED = 60_000;
/** Bytes that go at a time where there is a limit: few, so that all who share it have their turn. */
const PIECE = 16 * 1024;
/** Bytes that go at a time where there will be one at another hour: so that it finds no gigabyte on its way. */
const PIECE_UNTIL_THEN = 256 * 1024;

/** Slows contents down to limits that change at any time, by themselves too; all accounts that are given one share it. */
export interface Throttle {
  limit(plan: LimitsPlan): void;
  /** Whether the way is limited, now or at some hour. */
  isLimited(way: keyof BandwidthLimits): boolean;
  /** The same content, no faster than its way allows. @throws the signal's reason when it aborts */
  slowed(
    way: keyof BandwidthLimits,
    content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    signal: AbortSignal,
  ): AsyncIterable<Uint8Array>;
}

export function createThrottle(clock: Clock): Throttle {
  let plan = UNLIMITED;
  let holds: { readonly limits: LimitsNow; readonly since: number } | null = null;
  /** When the next piece may go; milliseconds of the monotonic clock. */
  const free = { up: 0, down: 0 };

  async function turn(way: keyof BandwidthLimits, bytes: number, rate: number, signal: AbortSignal): Promise<void> {
    const now = clock.monotonic();
    const at = Math.max(now, free[way]);
    free[way] = at + (bytes * 1000) / rate;
    if (at > now) await clock.sleep(at - now, signal);
    signal.throwIfAborted();
  }

  /** What holds now. It is asked for each piece, and looked up only where it may be another. */
  function limits(): BandwidthLimits {
    const now = clock.now();
    if (holds !== null && now >= holds.since && now < Math.min(holds.limits.until ?? now + 1, holds.since + BELIEVED))
      return holds.limits;
    const next = limitsAt(plan, now);
    // What waits has its turn at the old pace; what comes is not to wait for it.
    if (holds === null || holds.limits.up !== next.up) free.up = clock.monotonic();
    if (holds === null || holds.limits.down !== next.down) free.down = clock.monotonic();
    holds = { limits: next, since: now };
    return next;
  }

  return {
    limit(given) {
      plan = given;
      holds = null;
    },
    isLimited: (way) => everLimits(plan, way),
    async *slowed(way, content, signal) {
      for await (const chunk of content) {
        for (let start = 0; start < chunk.length; ) {
          const rate = limits()[way];
          const most = rate !== null ? PIECE : everLimits(plan, way) ? PIECE_UNTIL_THEN : chunk.length;
          const piece = chunk.subarray(start, start + most);
          if (rate !== null) await turn(way, piece.length, rate, signal);
          yield piece;
          start += piece.length;
        }
      }
    },
  };
}
