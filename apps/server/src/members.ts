import { type Level, type Member, ROLES_AT, type Role, type Unit } from "@twinfold/api";
import type { Kysely } from "kysely";
import type { Database } from "./database/schema.ts";
import { RequestError } from "./server-error.ts";

export const COLUMN_OF = {
  organization: "organization_id",
  space: "space_id",
  instance: "instance_id",
} as const satisfies Record<Level, string>;

/** A row's three columns for one unit. */
export function columnsOf({ level, id }: Unit) {
  return {
    organization_id: level === "organization" ? id : null,
    space_id: level === "space" ? id : null,
    instance_id: level === "instance" ? id : null,
  };
}

/** The other way round. */
export function unitOf(row: ReturnType<typeof columnsOf>): Unit {
  if (row.organization_id !== null) return { level: "organization", id: row.organization_id };
  if (row.space_id !== null) return { level: "space", id: row.space_id };
  return { level: "instance", id: row.instance_id ?? "" };
}

/** @throws RequestError 400 when the role is not one of this level */
export function checkRole(level: Level, role: Role): void {
  if (ROLES_AT[level].includes(role)) return;
  throw new RequestError(
    400,
    "role-level",
    `The role of ${role} can't be held at the level of the ${level}: choose ${ROLES_AT[level].join(" or ")}.`,
  );
}

/** Who holds which role where. Who may look and change is asked before. */
export function createMembers(database: Kysely<Database>) {
  const at = (unit: Unit) =>
    database
      .selectFrom("members")
      .innerJoin("users", "users.id", "members.user_id")
      .where(`members.${COLUMN_OF[unit.level]}`, "=", unit.id)
      .select(["users.id as userId", "users.name as name", "users.email as email", "members.role as role"])
      .orderBy("users.name")
      .execute();

  /** An organization that nobody manages could never be changed again. @throws RequestError 409 */
  async function checkNotLast(unit: Unit, userId: string): Promise<void> {
    if (unit.level !== "organization") return;
    if ((await at(unit)).some((one) => one.userId !== userId)) return;
    throw new RequestError(
      409,
      "last-manager",
      "An organization needs a manager, and this is the last one: invite another one first.",
    );
  }

  return {
    /** Those of the unit itself, and for an instance those of its space, whose role reaches it. */
    async list(unit: Unit): Promise<Member[]> {
      const own = (await at(unit)).map((one) => ({ ...one, through: unit.level }));
      if (unit.level !== "instance") return own;
      const space = await database
        .selectFrom("instances")
        .select("space_id")
        .where("id", "=", unit.id)
        .executeTakeFirstOrThrow();
      const above = await at({ level: "space", id: space.space_id });
      return [...own, ...above.map((one) => ({ ...one, through: "space" as const }))];
    },
    /** @throws RequestError 404 when she holds none there */
    async setRole(unit: Unit, userId: string, role: Role): Promise<void> {
      checkRole(unit.level, role);
      const { numUpdatedRows } = await database
        .updateTable("members")
        .set({ role })
        .where("user_id", "=", userId)
        .where(COLUMN_OF[unit.level], "=", unit.id)
        .executeTakeFirstOrThrow();
      if (numUpdatedRows === 0n) throw notAMember(unit.level);
    },
    /** @throws RequestError 404 when she holds none there, 409 for the last manager */
    async remove(unit: Unit, userId: string): Promise<void> {
      await checkNotLast(unit, userId);
      const { numDeletedRows } = await database
        .deleteFrom("members")
        .where("user_id", "=", userId)
        .where(COLUMN_OF[unit.level], "=", unit.id)
        .executeTakeFirstOrThrow();
      if (numDeletedRows === 0n) throw notAMember(unit.level);
    },
  };
}

const notAMember = (level: Level) =>
  new RequestError(404, "not-found", `There is no such member of this ${level}: somebody else may have removed her.`);

export type Members = ReturnType<typeof createMembers>;
