import type { Clock } from "@twinfold/engine";

/** Bytes a second that may go each way; null for as many as there is room for. */
export interface BandwidthLimits {
  readonly up: number | null;
  readonly down: number | null;
}

/** Bytes that go at a time where there is a limit: few, so that all who share it have their turn. */
const PIECE = 16 * 1024;

/** Slows contents down to limits that can change at any time; all accounts that are given one share it. */
export interface Throttle {
  limit(limits: BandwidthLimits): void;
  isLimited(way: keyof BandwidthLimits): boolean;
  /** The same content, no faster than its way allows. @throws the signal's reason when it aborts */
  slowed(
    way: keyof BandwidthLimits,
    content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    signal: AbortSignal,
  ): AsyncIterable<Uint8Array>;
}

export function createThrottle(clock: Clock): Throttle {
  let limits: BandwidthLimits = { up: null, down: null };
  /** When the next piece may go; milliseconds of the monotonic clock. */
  const free = { up: 0, down: 0 };

  async function turn(way: keyof BandwidthLimits, bytes: number, rate: number, signal: AbortSignal): Promise<void> {
    const now = clock.monotonic();
    const at = Math.max(now, free[way]);
    free[way] = at + (bytes * 1000) / rate;
    if (at > now) await clock.sleep(at - now, signal);
    signal.throwIfAborted();
  }

  return {
    limit(given) {
      limits = given;
      // What waits has its turn at the old pace; what comes is not to wait for it.
      free.up = free.down = clock.monotonic();
    },
    isLimited: (way) => limits[way] !== null,
    async *slowed(way, content, signal) {
      for await (const chunk of content) {
        for (let start = 0; start < chunk.length; ) {
          const rate = limits[way];
          const piece = chunk.subarray(start, rate === null ? chunk.length : start + PIECE);
          if (rate !== null) await turn(way, piece.length, rate, signal);
          yield piece;
          start += piece.length;
        }
      }
    },
  };
}
