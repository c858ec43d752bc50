import type { Bandwidth as BandwidthTold } from "@twinfold/api";
import { createThrottle, type Throttle } from "@twinfold/dropbox";
import { type LimitsPlan, limitsAt } from "@twinfold/dropbox/limits";
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

  async function plan(userId: string): Promise<LimitsPlan> {
    const row = await database
      .selectFrom("bandwidth_limits")
      .select(["up", "down", "schedule"])
      .where("user_id", "=", userId)
      .executeTakeFirst();
    const schedule = row?.schedule == null ? null : (JSON.parse(row.schedule) as LimitsPlan["schedule"]);
    return { up: row?.up ?? null, down: row?.down ?? null, schedule };
  }

  return {
    plan,
    /** The plan, with what it says now. */
    async describe(userId: string): Promise<BandwidthTold> {
      const found = await plan(userId);
      const { up, down, until } = limitsAt(found, systemClock.now());
      return { ...found, now: { up, down, until: until === null ? null : new Date(until).toISOString() } };
    },
    /** What all sessions of the user share. */
    async throttle(userId: string): Promise<Throttle> {
      const throttle = throttleOf(userId);
      throttle.limit(await plan(userId));
      return throttle;
    },
    async set(userId: string, given: LimitsPlan): Promise<void> {
      const { up, down } = given;
      const schedule = given.schedule === null ? null : JSON.stringify(given.schedule);
      await database
        .insertInto("bandwidth_limits")
        .values({ user_id: userId, up, down, schedule })
        .onConflict((conflict) => conflict.column("user_id").doUpdateSet({ up, down, schedule }))
        .execute();
      throttleOf(userId).limit(given);
    },
  };
}

export type Bandwidth = ReturnType<typeof createBandwidth>;
