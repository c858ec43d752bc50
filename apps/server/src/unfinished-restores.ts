import { setTimeout } from "node:timers/promises";
import type { RestoresUnderWay } from "./restores-under-way.ts";

/** How often a restore that has stopped half way is gone on with, in milliseconds. */
const AGAIN_EVERY = 10_000;

const STOPPED =
  "A restore has stopped half way, by something on the server's disk; it is gone on with every ten seconds";

/**
 * Restores that have stopped half way: until one is done, nothing runs, syncs or is written in its instance, and nobody's
 * look at its files carries it out.
 */
export function createUnfinishedRestores(parts: {
  readonly underWay: RestoresUnderWay;
  readonly log: (message: string) => void;
}) {
  const waiting = new Set<Promise<void>>();
  const ended = new AbortController();

  async function untilDone(instanceId: string, finish: () => Promise<void>): Promise<void> {
    let said = "";
    for (;;) {
      try {
        return await finish();
      } catch (error) {
        if (`${error}` !== said) parts.log(`a restore in instance ${instanceId} could not be finished: ${error}`);
        said = `${error}`;
      }
      await setTimeout(AGAIN_EVERY, undefined, { signal: ended.signal });
    }
  }

  return {
    /** @param finish throws what stops it @param done lets all go on there; not called when the server ends before */
    goOn(instanceId: string, finish: () => Promise<void>, done: () => Promise<void>): void {
      parts.underWay.say(instanceId, STOPPED);
      const going: Promise<void> = untilDone(instanceId, finish)
        .then(() => (ended.signal.aborted ? undefined : done()))
        .catch((error: unknown) => {
          if (!ended.signal.aborted) parts.log(`instance ${instanceId}: ${error}`);
        })
        .finally(() => waiting.delete(going));
      waiting.add(going);
    },
    /** The server ends; its next start goes on. */
    letGo: (): void => ended.abort(),
    async close(): Promise<void> {
      ended.abort();
      await Promise.all(waiting);
    },
  };
}
