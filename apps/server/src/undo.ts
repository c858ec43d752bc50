import { mkdir } from "node:fs/promises";
import type { Undone } from "@twinfold/api";
import type { DropboxHistory } from "@twinfold/dropbox";
import { RemoteError } from "@twinfold/engine";
import { FilesError, type FolderFiles, openFolderFiles } from "@twinfold/workspaces";
import { type ActivityLog, type ActivityRow, canBeUndone } from "./activity-log.ts";
import { bringBack, makeFolders } from "./bring-back.ts";
import type { PlacedInstance } from "./hierarchy.ts";
import { withKeptVersions } from "./kept-versions.ts";
import type { Links } from "./links.ts";
import type { Places } from "./places.ts";
import type { RestoresUnderWay } from "./restores-under-way.ts";
import { RequestError } from "./server-error.ts";
import type { SyncManager } from "./sync-manager.ts";

/** Files that are brought back at a time. */
const AT_ONCE = 8;
/** Files that are named of those that could not be brought back, or came beside something newer. */
const MOST_NAMED = 200;

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
    const left = [...rows];
    async function take(): Promise<void> {
      for (let row = left.shift(); row !== undefined; row = left.shift()) {
        const { id, path, was, now } = row;
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
          if (error instanceof RemoteError && (error.code === "offline" || error.code === "revoked")) throw error;
          if (!(error instanceof RemoteError) && !(error instanceof FilesError)) throw error;
          done.missed.push({ path, why: error.message });
        }
      }
    }
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, take));
    } finally {
      // Also of what was cut short: the next try goes on with the rest.
      left.length = 0;
      await activity.markUndone(ids);
    }
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
      const files = openFolderFiles(root, places.uploads.workspace);
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
