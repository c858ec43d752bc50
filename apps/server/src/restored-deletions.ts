import type { SyncSession } from "@twinfold/session";
import type { Kysely } from "kysely";
import type { Database } from "./database/schema.ts";

/**
 * What a restore takes away is to go from Dropbox too, however much it is: its user has said so when she restored. So the
 * guard of mass deletions, which asks a person, is answered for her, but only where all that it asks about is what her
 * restore took away.
 */
export function createRestoredDeletions(database: Kysely<Database>, log: (message: string) => void) {
  async function read(userId: string, instanceId: string, through: Kysely<Database> = database): Promise<string[]> {
    const row = await through
      .selectFrom("restored_deletions")
      .select("paths")
      .where("user_id", "=", userId)
      .where("instance_id", "=", instanceId)
      .executeTakeFirst();
    return row === undefined ? [] : (JSON.parse(row.paths) as string[]);
  }

  async function forget(userId: string, instanceId: string): Promise<void> {
    await database
      .deleteFrom("restored_deletions")
      .where("user_id", "=", userId)
      .where("instance_id", "=", instanceId)
      .execute();
  }

  return {
    /**
     * To be called once it is sure that they will go, and before they do: whatever ends after that, the answer is known. Sooner,
     * it would be good for what a person deletes later, too.
     */
    async add(
      userId: string,
      instanceId: string,
      gone: readonly string[],
      transaction: Kysely<Database>,
    ): Promise<void> {
      const paths = JSON.stringify([...new Set([...(await read(userId, instanceId, transaction)), ...gone])]);
      await transaction
        .insertInto("restored_deletions")
        .values({ user_id: userId, instance_id: instanceId, paths })
        .onConflict((conflict) => conflict.columns(["user_id", "instance_id"]).doUpdateSet({ paths }))
        .execute();
    },
    /** Answers for the user until her session has nothing left to do. */
    async attend(userId: string, instanceId: string, session: SyncSession): Promise<void> {
      const gone = new Set(await read(userId, instanceId));
      if (gone.size === 0) return;
      const answer = async () => {
        const { operations } = await session.plan();
        const held = operations.filter((one) => one.held === true);
        if (held.every(({ path, direction }) => direction === "up" && gone.has(path))) session.resolveHeld("apply");
      };
      const failed = (error: unknown) => log(`the deletions of a restore wait for their user: ${error}`);
      const opened = new Date().toISOString();
      let stop: (() => void) | null = null;
      stop = session.onStatus(({ held, lastSyncedAt }) => {
        if (held > 0) void answer().catch(failed);
        // The time of an earlier run is told too, before this one has seen anything.
        else if (lastSyncedAt !== null && lastSyncedAt > opened) {
          stop?.();
          void forget(userId, instanceId).catch(failed);
        }
      });
    },
  };
}

export type RestoredDeletions = ReturnType<typeof createRestoredDeletions>;
