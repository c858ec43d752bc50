import type { ConflictChoice } from "@twinfold/api";
import { ConflictError, type SeenVersions, settleConflict } from "@twinfold/session";
import type { ActivityLog } from "./activity-log.ts";
import { checkEditor, type PlacedInstance } from "./hierarchy.ts";
import { withKeptVersions } from "./kept-versions.ts";
import type { Links } from "./links.ts";
import type { Places } from "./places.ts";
import type { RestoresUnderWay } from "./restores-under-way.ts";
import { RequestError } from "./server-error.ts";
import type { SyncManager } from "./sync-manager.ts";
import { openWorkspaceFiles } from "./workspace-files.ts";

/** What becomes of conflict copies, by their user's choice. A version is given up only if her Dropbox has kept it. */
export function createConflicts(parts: {
  readonly links: Links;
  readonly places: Places;
  readonly sync: SyncManager;
  readonly activity: ActivityLog;
  readonly restoresUnderWay: RestoresUnderWay;
}) {
  const { links, places, sync, activity, restoresUnderWay } = parts;

  return {
    /**
     * @param seen the versions that its user has seen; without, what is there now
     * @returns where the chosen version, or the copy, is now. @throws RequestError, FilesError
     */
    async settle(
      userId: string,
      instance: PlacedInstance,
      wish: { readonly copy: string; readonly keep: ConflictChoice["choice"]; readonly seen?: SeenVersions },
    ): Promise<string> {
      checkEditor(instance);
      restoresUnderWay.check(instance.id);
      const session = sync.session(userId, instance.id);
      const reason = `a conflict copy was settled: ${wish.keep}`;
      try {
        return await settleConflict(
          session === null
            ? null
            : {
                conflicts: session.conflicts,
                // Every session there looks at once, the other members' too.
                announce: (paths) => sync.announce(instance.id, paths),
                withHistory: (work) => withKeptVersions(links, userId, instance, work),
              },
          openWorkspaceFiles(places, instance.id),
          wish,
          (done) => activity.note(userId, instance.id, { ...done, reason }),
        );
      } catch (error) {
        if (!(error instanceof ConflictError)) throw error;
        if (error.code === "gone") throw new RequestError(404, "not-found", error.message);
        throw new RequestError(409, "not-kept", error.message);
      }
    },
  };
}

export type Conflicts = ReturnType<typeof createConflicts>;
