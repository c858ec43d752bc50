import type { Level, Unit } from "@twinfold/api";
import { type Kysely, sql } from "kysely";
import type { Database } from "./database/schema.ts";
import type { Hierarchy } from "./hierarchy.ts";
import { RequestError } from "./server-error.ts";

/** A unit's own id and those of what it lies in. */
interface Chain {
  readonly organizationId: string;
  readonly spaceId: string | null;
}

const WHO: Readonly<Record<Level, string>> = {
  organization: "its managers",
  space: "its administrators and the organization's managers",
  instance: "the space's administrators and the organization's managers",
};

/** Of a row of `invitations`: whether who made it may administer the unit now, as `mayAdminister` has it. */
export const inviterMayAdminister = sql<boolean>`EXISTS (SELECT 1 FROM members
  LEFT JOIN instances ON instances.id = invitations.instance_id
  LEFT JOIN spaces ON spaces.id = COALESCE(invitations.space_id, instances.space_id)
  WHERE members.user_id = invitations.invited_by AND (members.space_id = spaces.id
    OR members.organization_id = COALESCE(invitations.organization_id, spaces.organization_id)))`;

/** Who may change what: a manager all of an organization, an administrator all of a space. */
export function createPermissions(database: Kysely<Database>, hierarchy: Hierarchy) {
  async function chainOf({ level, id }: Unit): Promise<Chain | null> {
    switch (level) {
      case "organization": {
        const row = await database.selectFrom("organizations").select("id").where("id", "=", id).executeTakeFirst();
        return row === undefined ? null : { organizationId: row.id, spaceId: null };
      }
      case "space": {
        const row = await database
          .selectFrom("spaces")
          .select(["id", "organization_id"])
          .where("id", "=", id)
          .executeTakeFirst();
        return row === undefined ? null : { organizationId: row.organization_id, spaceId: row.id };
      }
      case "instance": {
        const row = await database
          .selectFrom("instances")
          .innerJoin("spaces", "spaces.id", "instances.space_id")
          .select(["spaces.id", "spaces.organization_id"])
          .where("instances.id", "=", id)
          .executeTakeFirst();
        return row === undefined ? null : { organizationId: row.organization_id, spaceId: row.id };
      }
    }
  }

  return {
    /** @throws RequestError 404 for what the user can't see, 403 for what she may not change */
    async mayAdminister(userId: string, unit: Unit): Promise<void> {
      const chain = await chainOf(unit);
      const held = await database.selectFrom("members").selectAll().where("user_id", "=", userId).execute();
      const administers =
        chain !== null &&
        held.some(
          (row) =>
            row.organization_id === chain.organizationId || (row.space_id !== null && row.space_id === chain.spaceId),
        );
      if (administers) return;
      const sees = (await hierarchy.instancesOf(userId)).some((one) =>
        [one.organizationId, one.spaceId, one.id].includes(unit.id),
      );
      if (!sees) throw new RequestError(404, "not-found", `There is no such ${unit.level}.`);
      throw new RequestError(
        403,
        "role",
        `This ${unit.level} can be changed by ${WHO[unit.level]} only: ask one of them.`,
      );
    },
    /** A new organization is for those who manage one already; the first user manages the first. @throws RequestError 403 */
    async mayCreateOrganization(userId: string): Promise<void> {
      const managed = await database
        .selectFrom("members")
        .select("organization_id")
        .where("user_id", "=", userId)
        .where("role", "=", "organization manager")
        .executeTakeFirst();
      if (managed === undefined)
        throw new RequestError(403, "role", "A new organization can be made by organization managers only: ask one.");
    },
  };
}

export type Permissions = ReturnType<typeof createPermissions>;
