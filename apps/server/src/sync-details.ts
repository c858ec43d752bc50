import type { SyncDetails } from "@twinfold/api";
import { originalOfCopy } from "@twinfold/engine";
import type { SyncSession } from "@twinfold/session";

/** Of each kind that are named; the status counts them all. */
const MOST_TOLD = 200;

/** What a session's user may want to do something about; nothing where none runs. */
export async function detailsOf(session: SyncSession | null): Promise<Omit<SyncDetails, "status">> {
  if (session === null) return { held: [], notSynced: [], conflicts: [] };
  const { operations } = await session.plan();
  const held = operations.filter((one) => one.held === true).slice(0, MOST_TOLD);
  return {
    held: held.map(({ path, direction }) => ({ path, side: direction === "up" ? "remote" : "local" })),
    notSynced: session.notSyncedWithFixes(MOST_TOLD).map(({ fix, ...one }) => ({ ...one, fix: fix ?? null })),
    conflicts: session
      .conflicts()
      .slice(0, MOST_TOLD)
      .map((copy) => ({ copy, original: originalOfCopy(copy) })),
  };
}
