import { mkdir } from "node:fs/promises";
import type { Undone } from "@twinfold/api";
import type { DropboxHistory } from "@twinfold/dropbox";
import { RemoteError, type RemoteErrorCode } from "@twinfold/engine";
import { FilesError, type FolderFiles } from "@twinfold/workspaces";
import { type ActivityLog, type ActivityRow, canBeUndone } from "./activity-log.ts";
import { bringBack, makeFolders } from "./bring-back.ts";
import type { PlacedInstance } from "./hierarchy.ts";
import { withKeptVersions } from "./kept-versions.ts";
import type { Links } from "./links.ts";
import type { Places } from "./places.ts";
import type { RestoresUnderWay } from "./restores-under-way.ts";
import { RequestError } from "./server-error.ts";
import type { SyncManager } from "./sync-manager.ts";
import { openWorkspaceFiles } from "./workspace-files.ts";

/** Files that are brought back at a time. */
const AT_ONCE = 8;
/** Files that are named of those that could not be brought back, or came beside something newer. */
const MOST_NAMED = 200;

/** What stops more than one file. */
const ENDS_ALL: ReadonlySet<RemoteErrorCode> = new Set(["offline", "revoked"]);

/** Takes back deletions and overwrites that a user's sync has carried out, from what her Dropbox has kept. */
export function createUndo(parts: {
  readonly activity: ActivityLog;
  readonly links: Links;
  readonly places: Places;
  readonly sync: SyncManager;
  readonly restoresUnderWay: RestoresUnderWay;
}) {
  const { activity, links, places, sync, restoresUnderWay } = parts;

  async function undoAll(rows: readonly ActivityRow[], files: FolderFiles, history: DropboxHistory) {
    const done = { inPlace: 0, asBefore: 0, beside: [] as Undone["beside"], missed: [] as Undone["missed"] };
    const ids: string[] = [];
    const written: string[] = [];
    // All who take draw from the one iterator.
    const left = rows.values();
    let failed = false;
    async function take(): Promise<void> {
      for (const { id, path, was, now } of left) {
        if (failed) return;
        try {
          if (was === null) await makeFolders(files, path);
          else {
            const back = await bringBack(files, history, { path, was, now });
            if (back === "as before") done.asBefore++;
            else {
              if (back.as === path) done.inPlace++;
              else done.beside.push({ path, as: back.as });
              written.push(back.as);
            }
          }
          ids.push(id);
        } catch (error) {
          const isAboutOne = error instanceof FilesError || (error instanceof RemoteError && !ENDS_ALL.has(error.code));
          if (isAboutOne) done.missed.push({ path, why: error.message });
          else {
            failed = true;
            throw error;
          }
        }
      }
    }
    const taken = await Promise.allSettled(Array.from({ length: AT_ONCE }, take));
    // With something missing, the entry that was chosen can be tried again, and goes on with the rest.
    const chosen = rows.at(-1)?.id;
    await activity.markUndone(failed || done.missed.length > 0 ? ids.filter((id) => id !== chosen) : ids);
    for (const one of taken) if (one.status === "rejected") throw one.reason;
    return { done, written };
  }

  return {
    /** @throws RequestError, FilesError */
    async undo(userId: string, instance: PlacedInstance, entryId: string): Promise<Undone> {
      if (instance.role === "viewer")
        throw new RequestError(403, "viewer", "You may look at the files of this instance, but not change them.");
      restoresUnderWay.check(instance.id);
      const entry = await activity.ownEntry(userId, instance.id, entryId);
      if (!canBeUndone(entry))
        throw new RequestError(409, "nothing-lost", "This took nothing away that could come back.");
      if (entry.undone_at !== null) throw new RequestError(409, "undone", "This was undone already.");
      const rows = entry.was === null ? [...(await activity.deletedWith(entry)), entry] : [entry];
      const root = places.files(instance.id);
      await mkdir(root, { recursive: true });
      const files = openWorkspaceFiles(places, instance.id);
      const { done, written } = await withKeptVersions(links, userId, instance, (history) =>
        undoAll(rows, files, history),
      );
      if (entry.was === null || written.length > 0) {
        const reason = `its ${entry.action === "delete" ? "deletion" : "overwriting"} was undone`;
        const path = entry.was === null ? entry.path : (written[0] ?? entry.path);
        activity.note(userId, instance.id, { action: "bring back", path, reason });
        sync.announce(instance.id, [...written, path]);
      }
      return { ...done, beside: done.beside.slice(0, MOST_NAMED), missed: done.missed.slice(0, MOST_NAMED) };
    },
  };
}

export type Undo = ReturnType<typeof createUndo>;
