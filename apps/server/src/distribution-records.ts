import type { Distribution, DistributionOutcome, DistributionTarget, Strategy, TargetState } from "@twinfold/api";
import type { Found, TargetOutcome } from "@twinfold/workspaces";
import type { Kysely, Selectable } from "kysely";
import type { Database } from "./database/schema.ts";
import { firstOf } from "./first-of.ts";
import type { Hierarchy } from "./hierarchy.ts";

/** Distributions that a page lists. */
const MOST_LISTED = 10;

type TargetRow = Omit<Selectable<Database["distribution_targets"]>, "touched">;
const TARGET = ["distribution_id", "instance_id", "state", "message", "safety_id", "outcome"] as const;

/** What was distributed from where to where, and what became of it, in the database. */
export function createDistributionRecords(database: Kysely<Database>, hierarchy: Hierarchy) {
  const targetsOf = (id: string) =>
    database.selectFrom("distribution_targets").select(TARGET).where("distribution_id", "=", id).execute();

  return {
    async add(row: Omit<Selectable<Database["distributions"]>, "begun_at">, targets: readonly string[]): Promise<void> {
      await database.transaction().execute(async (transaction) => {
        await transaction
          .insertInto("distributions")
          .values({ ...row, begun_at: new Date().toISOString() })
          .execute();
        for (const instance_id of targets) {
          await transaction
            .insertInto("distribution_targets")
            .values({ ...{ distribution_id: row.id, instance_id, state: "waiting" }, ...NOTHING_YET })
            .execute();
        }
      });
    },
    /** Undefined when it is not known, or no more. */
    find: (id: string) => database.selectFrom("distributions").selectAll().where("id", "=", id).executeTakeFirst(),
    targetsOf,
    async set(id: string, instanceId: string, state: TargetState, message: string | null = null): Promise<void> {
      await database
        .updateTable("distribution_targets")
        .set({ state, message })
        .where("distribution_id", "=", id)
        .where("instance_id", "=", instanceId)
        .execute();
    },
    async finish(id: string, instanceId: string, done: TargetOutcome): Promise<void> {
      await database
        .updateTable("distribution_targets")
        .set({
          state: done.skipped === null ? "done" : "skipped",
          message: done.skipped,
          safety_id: done.safetyId,
          outcome: JSON.stringify(told(done)),
          touched: JSON.stringify([...done.touched]),
        })
        .where("distribution_id", "=", id)
        .where("instance_id", "=", instanceId)
        .execute();
    },
    /** What is to be undone in a target; undefined when there is no such target. */
    async undoing(id: string, instanceId: string) {
      const row = await database
        .selectFrom("distribution_targets")
        .select(["state", "safety_id", "touched"])
        .where("distribution_id", "=", id)
        .where("instance_id", "=", instanceId)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      return { ...row, touched: new Map(JSON.parse(row.touched ?? "[]") as [string, Found][]) };
    },
    /** A user's own, from one instance, the newest first; targets by the names that she may know. */
    async list(userId: string, sourceId: string): Promise<Distribution[]> {
      const rows = await database
        .selectFrom("distributions")
        .selectAll()
        .where("user_id", "=", userId)
        .where("source_id", "=", sourceId)
        .orderBy("begun_at", "desc")
        .limit(MOST_LISTED)
        .execute();
      const instances = await hierarchy.instancesOf(userId);
      const where = new Map(instances.map((one) => [one.id, `${one.organization} › ${one.space} › ${one.name}`]));
      const byName = (a: DistributionTarget, b: DistributionTarget) => (a.where ?? "").localeCompare(b.where ?? "");
      return Promise.all(
        rows.map(async (row) => ({
          id: row.id,
          begunAt: row.begun_at,
          paths: JSON.parse(row.paths) as string[],
          strategy: row.strategy as Strategy,
          links: row.links,
          targets: (await targetsOf(row.id)).map((target) => described(target, where)).sort(byName),
        })),
      );
    },
  };
}

const NOTHING_YET = { message: null, safety_id: null, outcome: null, touched: null };

function described(row: TargetRow, where: ReadonlyMap<string, string>): DistributionTarget {
  return {
    instanceId: row.instance_id,
    where: where.get(row.instance_id) ?? null,
    state: row.state,
    message: row.message,
    outcome: row.outcome === null ? null : (JSON.parse(row.outcome) as DistributionOutcome),
    undoable: isUndoable(row),
  };
}

export const isUndoable = ({ state, safety_id }: Pick<TargetRow, "state" | "safety_id">): boolean =>
  state === "done" && safety_id !== null;

function told({ copied, replaced, removed, same, left, failed }: TargetOutcome): DistributionOutcome {
  return {
    ...{ copied: firstOf(copied), replaced: firstOf(replaced), removed: firstOf(removed), same },
    ...{ left: firstOf(left), failed: firstOf(failed) },
  };
}
