import type { SnapshotSchedule } from "@twinfold/api";
import { expired, SnapshotError, type Snapshots } from "@twinfold/workspaces";
import type { Kysely } from "kysely";
import type { Database } from "./database/schema.ts";
import type { RestoresUnderWay } from "./restores-under-way.ts";

/** How often it is looked whether a snapshot is due, in milliseconds. */
const LOOK_EVERY = 60_000;

const PERIOD = { hourly: 3_600_000, daily: 86_400_000 } as const;

const OFF: SnapshotSchedule = { every: "off", keep: { hourly: 24, daily: 7, weekly: 4 }, problem: null };

/** Takes instances' automatic snapshots, one in each hour or day of UTC, and lets go of those that nobody needs any more. */
export function createSnapshotSchedules(parts: {
  readonly database: Kysely<Database>;
  readonly of: (instanceId: string) => Promise<Snapshots>;
  readonly restoresUnderWay: RestoresUnderWay;
  readonly log: (message: string) => void;
}) {
  const { database, log } = parts;
  let looking: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | null = null;

  const rowOf = (instanceId: string) =>
    database.selectFrom("snapshot_schedules").selectAll().where("instance_id", "=", instanceId).executeTakeFirst();
  type Row = NonNullable<Awaited<ReturnType<typeof rowOf>>>;

  /** Only those that the clock took: a named one, and the safety snapshot of a restore, are for people to delete. */
  async function takeAndLetGo(snapshots: Snapshots, { hourly, daily, weekly }: Row): Promise<void> {
    await snapshots.takeIfChanged();
    const automatic = snapshots.list().filter(({ cause }) => cause === "schedule");
    const gone = expired(automatic, { hourly, daily, weekly });
    if (gone.length > 0) await snapshots.delete(...gone);
  }

  async function attend(row: Row, now: Date): Promise<void> {
    const { instance_id: instanceId, every, looked_at } = row;
    if (every === "off" || parts.restoresUnderWay.now(instanceId) !== null) return;
    // What failed is tried again in the next hour.
    const length = row.problem === null ? PERIOD[every] : PERIOD.hourly;
    const period = (time: number) => Math.floor(time / length);
    if (looked_at !== null && period(Date.parse(looked_at)) === period(now.getTime())) return;
    let problem: string | null = null;
    try {
      await takeAndLetGo(await parts.of(instanceId), row);
    } catch (error) {
      log(`the automatic snapshot of instance ${instanceId}: ${error instanceof Error ? error.message : error}`);
      problem =
        error instanceof SnapshotError
          ? error.message
          : "It could not be taken; whoever runs this server finds the reason in its log.";
    }
    await database
      .updateTable("snapshot_schedules")
      .set({ looked_at: now.toISOString(), problem })
      .where("instance_id", "=", instanceId)
      .execute();
  }

  /** What is due, one instance after the other. @param only in this instance alone */
  function look(now = new Date(), only?: string): Promise<void> {
    looking = looking.then(async () => {
      try {
        for (const row of await database.selectFrom("snapshot_schedules").selectAll().execute()) {
          if (only === undefined || row.instance_id === only) await attend(row, now);
        }
      } catch (error) {
        log(`automatic snapshots: ${error}`);
      }
    });
    return looking;
  }

  return {
    look,
    async of(instanceId: string): Promise<SnapshotSchedule> {
      const row = await rowOf(instanceId);
      if (row === undefined) return OFF;
      const { every, hourly, daily, weekly, problem } = row;
      return { every, keep: { hourly, daily, weekly }, problem };
    },
    /** Takes effect at once: the first snapshot is taken now. */
    async set(instanceId: string, { every, keep }: Omit<SnapshotSchedule, "problem">): Promise<void> {
      const row = { every, ...keep, looked_at: null, problem: null };
      await database
        .insertInto("snapshot_schedules")
        .values({ instance_id: instanceId, ...row })
        .onConflict((conflict) => conflict.column("instance_id").doUpdateSet(row))
        .execute();
      await look(new Date(), instanceId);
    },
    start(): void {
      void look();
      timer = setInterval(() => void look(), LOOK_EVERY).unref();
    },
    async close(): Promise<void> {
      if (timer !== null) clearInterval(timer);
      await looking;
    },
  };
}

export type SnapshotSchedules = ReturnType<typeof createSnapshotSchedules>;
