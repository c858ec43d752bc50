import type { Kysely } from "kysely";
import type { Database } from "./database/schema.ts";

/** What a user has said of an instance, yes or no: it outlives applications and the server. */
export function createMarks(database: Kysely<Database>, table: "paused" | "always_on") {
  return {
    async has(userId: string, instanceId: string): Promise<boolean> {
      const row = await database
        .selectFrom(table)
        .select("user_id")
        .where("user_id", "=", userId)
        .where("instance_id", "=", instanceId)
        .executeTakeFirst();
      return row !== undefined;
    },
    /** Everybody's. */
    async all(): Promise<{ readonly userId: string; readonly instanceId: string }[]> {
      const rows = await database.selectFrom(table).selectAll().execute();
      return rows.map((row) => ({ userId: row.user_id, instanceId: row.instance_id }));
    },
    async set(userId: string, instanceId: string, marked: boolean): Promise<void> {
      const row = { user_id: userId, instance_id: instanceId };
      if (marked)
        await database
          .insertInto(table)
          .values(row)
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      else {
        await database.deleteFrom(table).where("user_id", "=", userId).where("instance_id", "=", instanceId).execute();
      }
    },
  };
}

export type Marks = ReturnType<typeof createMarks>;
