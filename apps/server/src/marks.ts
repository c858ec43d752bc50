import type { Kysely } from "kysely";
import type { Database } from "./database/schema.ts";

/** Which instances' sync a user has paused: it outlives applications and the server. */
export function createPauses(database: Kysely<Database>) {
  return {
    async has(userId: string, instanceId: string): Promise<boolean> {
      const row = await database
        .selectFrom("paused")
        .select("user_id")
        .where("user_id", "=", userId)
        .where("instance_id", "=", instanceId)
        .executeTakeFirst();
      return row !== undefined;
    },
    async set(userId: string, instanceId: string, paused: boolean): Promise<void> {
      const row = { user_id: userId, instance_id: instanceId };
      if (paused)
        await database
          .insertInto("paused")
          .values(row)
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      else {
        await database
          .deleteFrom("paused")
          .where("user_id", "=", userId)
          .where("instance_id", "=", instanceId)
          .execute();
      }
    },
  };
}

export type Pauses = ReturnType<typeof createPauses>;
