import { MOST_BROUGHT_BACK, type Undo } from "@twinfold/api";
import type { Kysely, Selectable } from "kysely";
import type { ActivityLog } from "./activity-log.ts";
import type { Database } from "./database/schema.ts";

/** Undos of a user in one instance that are remembered once they have ended, unless she puts them away. */
const MOST_LISTED = 5;

export type UndoRow = Selectable<Database["undos"]>;
export type UndoOutcome = Pick<Undo, "inPlace" | "asBefore" | "beside" | "missed">;

export const nothingYet = (): UndoOutcome => ({
  ...{ inPlace: 0, asBefore: 0 },
  ...{ beside: { count: 0, files: [] }, missed: { count: 0, files: [] } },
});

/** Counts one more, and names it if not too many are. */
export function count<T>(of: { count: number; files: T[] }, one: T): void {
  of.count++;
  if (of.files.length < MOST_BROUGHT_BACK) of.files.push(one);
}

/** Users' undos, in the database: what runs, how far it is, and what became of it until its user puts it away. */
export function createUndoRecords(database: Kysely<Database>, activity: ActivityLog) {
  const ofUser = (userId: string, instanceId: string) =>
    database
      .selectFrom("undos")
      .selectAll()
      .where("user_id", "=", userId)
      .where("instance_id", "=", instanceId)
      .orderBy("begun_at", "desc");

  return {
    /** In place of an earlier one of the same entry, whose end says nothing any more. @param undone entries that are undone by it */
    async add(row: UndoRow, undone: readonly string[] = []): Promise<void> {
      const ended = await ofUser(row.user_id, row.instance_id).where("state", "!=", "running").execute();
      const outdated = ended.filter(({ entry_id }, at) => entry_id === row.entry_id || at >= MOST_LISTED - 1);
      await database.transaction().execute(async (transaction) => {
        for (const { id } of outdated) await transaction.deleteFrom("undos").where("id", "=", id).execute();
        await transaction.insertInto("undos").values(row).execute();
        await activity.markUndone(undone, transaction);
      });
    },
    /** What a server's end has cut short. */
    running: () => database.selectFrom("undos").selectAll().where("state", "=", "running").execute(),
    ofUser: (userId: string, instanceId: string) => ofUser(userId, instanceId).execute(),
    /** How far it is, and which entries are undone by that: both or neither, whatever ends the server. */
    async save(
      id: string,
      now: Partial<Pick<UndoRow, "state" | "message">> & { readonly outcome: UndoOutcome },
      undone: readonly string[],
    ): Promise<void> {
      const outcome = JSON.stringify(now.outcome);
      await database.transaction().execute(async (transaction) => {
        await activity.markUndone(undone, transaction);
        await transaction
          .updateTable("undos")
          .set({ ...now, outcome })
          .where("id", "=", id)
          .execute();
      });
    },
    /** Of an end that its user has read. */
    async putAway(userId: string, instanceId: string, id: string): Promise<void> {
      await database
        .deleteFrom("undos")
        .where("id", "=", id)
        .where("user_id", "=", userId)
        .where("instance_id", "=", instanceId)
        .where("state", "!=", "running")
        .execute();
    },
  };
}

/** As the API tells it. @param outcome newer than what is written down */
export function described(row: UndoRow, outcome: UndoOutcome = JSON.parse(row.outcome)): Undo {
  const { id, path, state, message, total } = row;
  return { ...{ id, path, state, message, total }, entryId: String(row.entry_id), begunAt: row.begun_at, ...outcome };
}
