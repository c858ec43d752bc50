import type { Kysely } from "kysely";
import type { Database } from "./database/schema.ts";

/** What a session is told of the restores in its instance; see the settings of the engine. */
export interface Epochs {
  readonly epoch: number;
  readonly unheardEpoch: number;
}

/** Counts the restores of each instance, by which a session knows that its files were swapped while it was away. */
export function createEpochs(database: Kysely<Database>) {
  return {
    /**
     * To be called once it is sure that files will be swapped, and before they are: whatever ends after that, each session
     * knows of it; once too often does no harm, as long as no session ran in between.
     * @param unheard users whose Dropbox could not hand out what it had, before all files were restored
     */
    async raise(instanceId: string, unheard: readonly string[], transaction: Kysely<Database>): Promise<void> {
      const { epoch } = await transaction
        .updateTable("instances")
        .set(({ eb }) => ({ epoch: eb("epoch", "+", 1) }))
        .where("id", "=", instanceId)
        .returning("epoch")
        .executeTakeFirstOrThrow();
      for (const userId of unheard) {
        await transaction
          .insertInto("unheard_restores")
          .values({ user_id: userId, instance_id: instanceId, epoch })
          .onConflict((conflict) => conflict.columns(["user_id", "instance_id"]).doUpdateSet({ epoch }))
          .execute();
      }
    },
    async of(userId: string, instanceId: string): Promise<Epochs> {
      const row = await database
        .selectFrom("instances")
        .leftJoin("unheard_restores", (join) =>
          join.onRef("unheard_restores.instance_id", "=", "instances.id").on("unheard_restores.user_id", "=", userId),
        )
        .where("instances.id", "=", instanceId)
        .select(["instances.epoch as epoch", "unheard_restores.epoch as unheard"])
        .executeTakeFirstOrThrow();
      return { epoch: row.epoch, unheardEpoch: row.unheard ?? 0 };
    },
  };
}

export type EpochCounter = ReturnType<typeof createEpochs>;
