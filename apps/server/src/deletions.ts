import { randomUUID } from "node:crypto";
import type { DropboxOutcome, Unit, UnitDeletion } from "@twinfold/api";
import { removeState } from "@twinfold/session";
import { removeWhole } from "@twinfold/workspaces";
import type { Kysely } from "kysely";
import type { Database } from "./database/schema.ts";
import type { DropboxFolders } from "./dropbox-folders.ts";
import { createHierarchy, type Hierarchy } from "./hierarchy.ts";
import type { Places } from "./places.ts";
import type { Restores } from "./restores.ts";
import type { SyncManager } from "./sync-manager.ts";
import { createUnits } from "./units.ts";
import type { UploadParts } from "./upload-parts.ts";

/** A unit that is gone from the hierarchy, and what of it is still to go. */
export interface Deletion {
  readonly id: string;
  readonly instances: readonly string[];
  /** Who held a role in it, in what lies in it, or in what it lay in. */
  readonly users: readonly string[];
  /** Its folder in their Dropboxes, as long as that is to go; else null. */
  readonly dropboxPath: string | null;
}

/** Organizations, spaces and instances for good: what can't be done whole, or is cut short, is gone on with at the next start. */
export function createDeletions(parts: {
  readonly database: Kysely<Database>;
  readonly hierarchy: Hierarchy;
  readonly places: Places;
  readonly uploadParts: UploadParts;
  readonly restores: Restores;
  readonly sync: SyncManager;
  readonly folders: DropboxFolders;
  readonly log: (message: string) => void;
}) {
  const { database, places, log } = parts;
  let goingOn: Promise<void> = Promise.resolve();
  let closing = false;

  async function removeFromDropboxes({ users, dropboxPath: path }: Deletion): Promise<DropboxOutcome> {
    const nowhere = { done: 0, missed: 0 };
    if (path === null) return nowhere;
    // Made since, under the same name: what is in Dropbox is that one's.
    if (await parts.hierarchy.hasFolder(path)) return nowhere;
    return parts.folders.remove(users, path);
  }

  /** As much as can go. @returns whether that is all */
  async function removeFiles({ instances, users }: Deletion): Promise<boolean> {
    let isWhole = true;
    for (const id of instances) {
      const steps = [
        () => parts.restores.remove(id),
        () => removeIfThere(places.files(id)),
        () => removeIfThere(places.deleted("workspace", id)),
        () => parts.uploadParts.removeOfInstance(id),
        ...users.map((userId) => () => removeState(places.engineState(userId, id))),
      ];
      for (const step of steps) {
        await step().catch((error: unknown) => {
          isWhole = false;
          log(`something of the deleted instance ${id} is left until the next start: ${error}`);
        });
      }
    }
    return isWhole;
  }

  async function carryOut(deletion: Deletion): Promise<UnitDeletion> {
    // No session sees the files go: it would take that for their deletion.
    await parts.sync.suspend(new Set(deletion.instances));
    const inDropbox = await removeFromDropboxes(deletion);
    // Once: what somebody puts there later is not meant.
    await database.updateTable("deletions").set({ dropbox_path: null }).where("id", "=", deletion.id).execute();
    const isWhole = await removeFiles(deletion);
    if (isWhole) await database.deleteFrom("deletions").where("id", "=", deletion.id).execute();
    return { ...inDropbox, left: !isWhole };
  }

  return {
    /** With all below it, and every role and invitation there. From then on it is deleted, whatever ends the process. */
    begin: (unit: Unit, alsoInDropbox: boolean): Promise<Deletion> =>
      database.transaction().execute(async (transaction) => {
        const inside = createHierarchy(transaction);
        const deletion = {
          id: randomUUID(),
          instances: (await inside.instancesIn(unit)).map(({ id }) => id),
          users: await inside.usersOf(unit),
          dropboxPath: alsoInDropbox ? await inside.remotePathOf(unit) : null,
        };
        const { id, instances, users, dropboxPath: dropbox_path } = deletion;
        const lists = { instances: JSON.stringify(instances), users: JSON.stringify(users) };
        const row = { id, begun_at: new Date().toISOString(), ...lists, dropbox_path };
        await transaction.insertInto("deletions").values(row).execute();
        await createUnits(transaction).remove(unit);
        return deletion;
      }),
    carryOut,
    /** After a start, before any other begins; nobody waits for its end. */
    async goOn(): Promise<void> {
      const rows = await database.selectFrom("deletions").selectAll().orderBy("begun_at").execute();
      const all = async () => {
        for (const { id, instances, users, dropbox_path: dropboxPath } of rows) {
          if (closing) return;
          await carryOut({ id, instances: JSON.parse(instances), users: JSON.parse(users), dropboxPath });
        }
      };
      goingOn = all().catch((error: unknown) => log(`a deletion could not be gone on with: ${error}`));
    },
    async close(): Promise<void> {
      closing = true;
      await goingOn;
    },
  };
}

/** Not what is mounted in it. */
async function removeIfThere(folder: string): Promise<void> {
  await removeWhole(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
}

export type Deletions = ReturnType<typeof createDeletions>;
