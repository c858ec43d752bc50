import { applyRules } from "../ignore-file.ts";
import { RemoteError } from "../ports/remote.ts";
import { ROOT_PATH } from "../ports/values.ts";
import type { Alarm } from "./alarm.ts";
import { createEchoes } from "./echoes.ts";
import type { RemoteRoot } from "./remote-root.ts";
import type { Situation } from "./situation.ts";
import { asOffline } from "./troubles.ts";
import type { Works } from "./works.ts";

/** How often the disk is looked at in a row while new hints come in, before the rest has its turn. */
const MOST_LOOKS = 4;
/** How often is seen whether listening makes sense again, in milliseconds. */
const LISTEN_AGAIN = 20;

/** Looks at both sides, and listens for what happens at the remote. */
export function createLooking(works: Works, situation: Situation, alarm: Alarm, remoteRoot: RemoteRoot) {
  const { store, clock, remote, observer, changes, ignoreFile, planning, failures, troubles, unanswered, underWay } =
    works;
  const echoes = createEchoes(clock, underWay, works.stream);

  async function lookAtDisk(signal: AbortSignal): Promise<void> {
    for (let look = 0; look < MOST_LOOKS; look++) {
      const looked = await observer.observe(signal);
      situation.rulesAreOld &&= !looked;
      const changed = (looked || ignoreFile.unread() !== null) && (await ignoreFile.refresh());
      troubles.rulesAreUnread(ignoreFile.unread());
      if (changed) {
        applyRules(store, ignoreFile.rules());
        planning.reconsiderParked();
        failures.retryAll();
        // What is not left out any more may just have been taken out there: it is not compared with what was there before.
        situation.readRemote = true;
        // What the old rules left out was never looked at.
        observer.hint([{ kind: "subtree", path: ROOT_PATH }]);
        continue;
      }
      if (!observer.pending() || signal.aborted) return;
    }
  }

  async function lookAtRemote(signal: AbortSignal): Promise<void> {
    if (!situation.readRemote || troubles.remoteRests() || situation.remoteRootGone) return;
    situation.readRemote = false;
    echoes.read();
    const haveRead = unanswered.reads();
    works.delays.readsChanges();
    try {
      await changes.read(signal);
      haveRead();
      troubles.remoteAnswers();
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof RemoteError)) throw error;
      situation.readRemote = true;
      if (error.code === "no-root") await remoteRoot.isGone(signal);
      else troubles.remote(error.code === "revoked" ? error : asOffline(error));
    }
  }

  /** Hears from the remote that something changed there, again and again. */
  async function listen(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const cursor = changes.cursor();
      if (cursor === null || situation.readRemote || troubles.remoteRests()) {
        await clock.sleep(Math.min(troubles.nextTry(clock.monotonic()) ?? LISTEN_AGAIN, LISTEN_AGAIN), signal);
        continue;
      }
      try {
        await remote.waitForChange(cursor, signal);
        works.delays.toldOfChanges();
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof RemoteError)) throw error;
        if (error.code !== "reset" && error.code !== "no-root") troubles.remote(asOffline(error));
      }
      while (!signal.aborted && echoes.canWait()) await clock.sleep(LISTEN_AGAIN, signal);
      situation.readRemote = true;
      alarm.ring();
    }
  }

  return { lookAtDisk, lookAtRemote, listen };
}

export type Looking = ReturnType<typeof createLooking>;
