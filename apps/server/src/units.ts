import { randomUUID } from "node:crypto";
import type { Level, Unit } from "@twinfold/api";
import type { Kysely } from "kysely";
import type { Database } from "./database/schema.ts";
import { RequestError } from "./server-error.ts";
import { unitNameKey } from "./unit-names.ts";

export const TABLE_OF = {
  organization: "organizations",
  space: "spaces",
  instance: "instances",
} as const satisfies Record<Level, keyof Database>;

/** PostgreSQL's `unique_violation`. */
const TAKEN = "23505";

/** Organizations, spaces and instances in the database: made, renamed, archived, deleted. Who may is asked before. */
export function createUnits(database: Kysely<Database>) {
  const row = (name: string) => ({ id: randomUUID(), name, name_key: unitNameKey(name), archived_at: null });

  async function createInstance(spaceId: string, name: string): Promise<string> {
    const one = row(name);
    await unlessTaken("instance", name, () =>
      database
        .insertInto("instances")
        .values({ ...one, space_id: spaceId })
        .execute(),
    );
    return one.id;
  }

  return {
    createInstance,
    async createOrganization(name: string, managerId: string): Promise<string> {
      const one = row(name);
      await unlessTaken("organization", name, () => database.insertInto("organizations").values(one).execute());
      await database
        .insertInto("members")
        .values({ user_id: managerId, organization_id: one.id, role: "organization manager" })
        .execute();
      return one.id;
    },
    /** A new space has the instances *Master* and *Distributed* (SPEC 1.2); who makes it administers it. */
    async createSpace(organizationId: string, name: string, administratorId: string): Promise<string> {
      const one = row(name);
      await unlessTaken("space", name, () =>
        database
          .insertInto("spaces")
          .values({ ...one, organization_id: organizationId })
          .execute(),
      );
      await database
        .insertInto("members")
        .values({ user_id: administratorId, space_id: one.id, role: "space administrator" })
        .execute();
      for (const instance of ["Master", "Distributed"]) await createInstance(one.id, instance);
      return one.id;
    },
    async rename(unit: Unit, name: string): Promise<void> {
      await unlessTaken(unit.level, name, () =>
        database
          .updateTable(TABLE_OF[unit.level])
          .set({ name, name_key: unitNameKey(name) })
          .where("id", "=", unit.id)
          .execute(),
      );
    },
    async setArchived(unit: Unit, archived: boolean): Promise<void> {
      await database
        .updateTable(TABLE_OF[unit.level])
        .set({ archived_at: archived ? new Date().toISOString() : null })
        .where("id", "=", unit.id)
        .execute();
    },
    /** With all below it, and every role and invitation there. */
    async remove(unit: Unit): Promise<void> {
      await database.deleteFrom(TABLE_OF[unit.level]).where("id", "=", unit.id).execute();
    },
  };
}

/** @throws RequestError 409 where something beside it has the name */
async function unlessTaken(level: Level, name: string, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if ((error as { code?: unknown }).code !== TAKEN) throw error;
    throw new RequestError(
      409,
      "name-taken",
      `There is ${level === "space" ? "a" : "an"} ${level} called “${name}” already, or one whose folder in Dropbox would be the same (archived ones count): choose another name.`,
    );
  }
}

export type Units = ReturnType<typeof createUnits>;
