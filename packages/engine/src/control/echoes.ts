import type { Operation } from "../plan/operation.ts";
import type { Clock } from "../ports/clock.ts";
import type { Stream } from "./stream.ts";

/** While so many writes of ours are under way, changes are read so often at the most, in milliseconds. */
const MANY_WRITES = 100;
const ECHOES_WAIT = 2_000;

/**
 * Tells when what is heard from the remote can wait. While much is sent, it is most likely the echo of our own commits, a
 * request each; and the next commit stands still while changes are read.
 */
export function createEchoes(
  clock: Pick<Clock, "monotonic">,
  underWay: { values(): Iterable<Pick<Operation, "side">> },
  stream: Pick<Stream, "flows">,
) {
  let lastRead = Number.NEGATIVE_INFINITY;
  return {
    /** The changes are read now. */
    read(): void {
      lastRead = clock.monotonic();
    },
    canWait(): boolean {
      if (clock.monotonic() - lastRead >= ECHOES_WAIT) return false;
      if (stream.flows()) return true;
      let writes = 0;
      for (const { side } of underWay.values()) if (side === "remote" && ++writes >= MANY_WRITES) return true;
      return false;
    },
  };
}
