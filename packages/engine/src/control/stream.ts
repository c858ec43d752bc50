import type { Clock } from "../ports/clock.ts";

/** So often within so many milliseconds are uploads handed out until they are a stream. */
const OFTEN = 10;
const WITHIN = 5_000;
/** It is over when fewer have gathered. */
const FEWEST = 10;

/** Notices edits that come one after the other for long: sent one by one they would cost a request each, and fall behind. */
export function createStream(clock: Pick<Clock, "monotonic">) {
  let sent: number[] = [];
  let flows = false;
  return {
    /** So many uploads go now. */
    sends(uploads: number): void {
      const now = clock.monotonic();
      sent = [...sent.filter((at) => now - at < WITHIN), now];
      flows = flows ? uploads >= FEWEST : sent.length >= OFTEN;
    },
    flows(): boolean {
      const last = sent.at(-1);
      flows &&= last !== undefined && clock.monotonic() - last < WITHIN;
      return flows;
    },
  };
}

export type Stream = ReturnType<typeof createStream>;
