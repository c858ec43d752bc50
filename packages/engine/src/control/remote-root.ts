import { RemoteError } from "../ports/remote.ts";
import { ROOT } from "../ports/values.ts";
import type { Alarm } from "./alarm.ts";
import type { HeldChoice } from "./guard.ts";
import type { Situation } from "./situation.ts";
import { asOffline } from "./troubles.ts";
import type { Works } from "./works.ts";

/** The session's folder in Dropbox, when it is not there: made at the first start; later its absence is asked about. */
export function createRemoteRoot(
  { store, remote, changes, guard, troubles }: Works,
  situation: Situation,
  alarm: Alarm,
) {
  return {
    /** It was found to be gone: never taken for deletions of what was in it. */
    async isGone(signal: AbortSignal): Promise<void> {
      changes.forgetCursor();
      if (store.synced.children(ROOT).length > 0) {
        situation.remoteRootGone = true;
        return;
      }
      try {
        await remote.createRoot();
        // Before, not after: what is asked for meanwhile is a reason to read once more.
        situation.readRemote = false;
        await changes.read(signal);
      } catch (error) {
        situation.readRemote = true;
        if (!(error instanceof RemoteError)) throw error;
        troubles.remote(error.code === "revoked" || error.code === "full" ? error : asOffline(error));
      }
    },
    /** A person's word about it: what was in it is deleted on disk too, or comes back from there. */
    resolve(choice: HeldChoice): void {
      store.transaction(() => {
        for (const child of store.remote.children(ROOT)) store.remote.remove(child.id);
        for (const child of store.synced.children(ROOT)) {
          if (choice === "apply") guard.approve(child.id);
          else store.synced.remove(child.id);
        }
      });
      // Until it is there again, its absence would be asked about again.
      void remote
        .createRoot()
        .catch(() => undefined)
        .then(() => {
          situation.remoteRootGone = false;
          situation.readRemote = true;
          alarm.ring();
        });
    },
  };
}

export type RemoteRoot = ReturnType<typeof createRemoteRoot>;
