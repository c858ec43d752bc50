import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { EngineStatus } from "@twinfold/engine";

/** How long the session has to be up to date before memory is given back, in milliseconds. */
const REST = 10_000;
/** How often it is looked at again from then on, in milliseconds: from time to time all files are. */
const AGAIN = 60_000;
/** Growth of V8's heap that is worth the pause of a collection (30 ms for 100,000 files), in bytes. */
const WORTH = 16 * 1024 * 1024;

/**
 * V8 keeps the pages of what is garbage until it has to collect again, which a process at rest never does: after a start with
 * 100,000 files that was half of its memory, for days. Listens to a session's states, and has V8 collect when it has come to rest.
 */
export function givesMemoryBackAtRest(): (status: Pick<EngineStatus, "state">) => void {
  let left = 0;
  let resting: NodeJS.Timeout | null = null;

  function giveBack(): void {
    resting = setTimeout(giveBack, AGAIN).unref();
    if (getHeapStatistics().total_heap_size - left < WORTH) return;
    collectGarbage();
    left = getHeapStatistics().total_heap_size;
  }

  return ({ state }) => {
    if (state !== "up to date") {
      if (resting !== null) clearTimeout(resting);
      resting = null;
    } else if (resting === null) resting = setTimeout(giveBack, REST).unref();
  };
}

function collectGarbage(): void {
  // Seen by contexts that are made from now on, and only this one is.
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  setFlagsFromString("--no-expose-gc");
}
