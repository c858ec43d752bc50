import { type BandwidthLimits, createThrottle, type Throttle } from "@twinfold/dropbox";
import { systemClock } from "@twinfold/engine";
import type { Kysely } from "kysely";
import type { Database } from "./database/schema.ts";

/** How fast each user's sync may send and fetch, all her instances together; she sets it, and it counts at once. */
export function createBandwidth(database: Kysely<Database>) {
  const throttles = new Map<string, Throttle>();

  function throttleOf(userId: string): Throttle {
    let throttle = throttles.get(userId);
    if (throttle === undefined) {
      throttle = createThrottle(systemClock);
      throttles.set(userId, throttle);
    }
    return throttle;
  }

  async function limits(userId: string): Promise<BandwidthLimits> {
    const row = await database
      .selectFrom("bandwidth_limits")
      .select(["up", "down"])
      .where("user_id", "=", userId)
      .executeTakeFirst();
    return { up: row?.up ?? null, down: row?.down ?? null };
  }

  return {
    limits,
    /** What all sessions of the user share. */
    async throttle(userId: string): Promise<Throttle> {
      const throttle = throttleOf(userId);
      throttle.limit(await limits(userId));
      return throttle;
    },
    async set(userId: string, { up, down }: BandwidthLimits): Promise<void> {
      await database
        .insertInto("bandwidth_limits")
        .values({ user_id: userId, up, down })
        .onConflict((conflict) => conflict.column("user_id").doUpdateSet({ up, down }))
        .execute();
      throttleOf(userId).limit({ up, down });
    },
  };
}

export type Bandwidth = ReturnType<typeof createBandwidth>;
