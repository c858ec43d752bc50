import type { DistributionNotice } from "@twinfold/api";
import type { Kysely } from "kysely";
import type { Database } from "./database/schema.ts";
import type { Hierarchy } from "./hierarchy.ts";
import type { LiveEvents } from "./live-events.ts";

/** What members are told of distributions to their instances, until each of them puts it away. */
export function createDistributionNotices(parts: {
  readonly database: Kysely<Database>;
  readonly hierarchy: Hierarchy;
  readonly events: LiveEvents;
}) {
  const { database, hierarchy } = parts;
  return {
    /** Every member who can look at the files, but for whoever has distributed. */
    async tell(distributionId: string, instanceId: string, byUserId: string): Promise<void> {
      for (const userId of await hierarchy.usersOf({ level: "instance", id: instanceId })) {
        const sees = await hierarchy.instance(userId, instanceId).catch(() => null);
        if (userId === byUserId || sees === null) continue;
        await database
          .insertInto("distribution_notices")
          .values({ user_id: userId, distribution_id: distributionId, instance_id: instanceId })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        parts.events.tell(userId, "distribution", { instanceId });
      }
    },
    /** Those of instances that she can still look at, the newest first. */
    async of(userId: string): Promise<DistributionNotice[]> {
      const rows = await database
        .selectFrom("distribution_notices as notices")
        .innerJoin("distributions", "distributions.id", "notices.distribution_id")
        .innerJoin("users", "users.id", "distributions.user_id")
        .where("notices.user_id", "=", userId)
        .select(["distributions.id as distributionId", "notices.instance_id as instanceId"])
        .select(["users.name as by", "distributions.begun_at as begunAt", "distributions.paths as paths"])
        .orderBy("distributions.begun_at", "desc")
        .execute();
      if (rows.length === 0) return [];
      const seen = new Set((await hierarchy.instancesOf(userId)).map(({ id }) => id));
      return rows
        .filter(({ instanceId }) => seen.has(instanceId))
        .map((row) => ({ ...row, paths: JSON.parse(row.paths) as string[] }));
    },
    async putAway(userId: string, distributionId: string, instanceId: string): Promise<void> {
      await database
        .deleteFrom("distribution_notices")
        .where("user_id", "=", userId)
        .where("distribution_id", "=", distributionId)
        .where("instance_id", "=", instanceId)
        .execute();
    },
  };
}

export type DistributionNotices = ReturnType<typeof createDistributionNotices>;
