import type { EntrySync } from "@twinfold/api";
import type { RelativePath } from "@twinfold/engine";
import type { SyncManager } from "./sync-manager.ts";

/** How the entries of a folder stand with the user's Dropbox, in their order; null while nothing is synced for her there. */
export async function entryStates(
  sync: SyncManager,
  userId: string,
  instanceId: string,
  folder: string,
  names: readonly string[],
): Promise<readonly EntrySync[] | null> {
  const session = sync.session(userId, instanceId);
  // While paused it knows, too: nothing is carried over then, and all is looked at as ever.
  if (session === null || session.status().state === "stopped") return null;
  const explained = await session.whyIn(folder as RelativePath, names);
  return explained.map(({ state, reason, fix = null }) =>
    // It is on the disk, and the session has not come by yet.
    state === "unknown"
      ? { state: "pending", reason: "new on disk: it is looked at in a moment", fix: null }
      : { state, reason, fix },
  );
}
