import { randomUUID } from "node:crypto";
import { nameRefusal } from "@twinfold/dropbox-rules";
import type { Kysely } from "kysely";
import type { Database } from "./database/schema.ts";
import { RequestError } from "./server-error.ts";

export interface PlacedInstance {
  readonly id: string;
  readonly organization: string;
  readonly space: string;
  readonly name: string;
  readonly role: "owner" | "editor" | "viewer";
  /** `/Organization/Space/Instance` in the app folder. */
  readonly remotePath: string;
}

/** A name as Dropbox takes it: what it refuses is written with a look-alike, or taken away. */
export function dropboxName(name: string): string {
  const replaced = name
    .replaceAll("/", "\u2215")
    .replaceAll("\\", "\u29f5")
    .replace(/\p{Cc}/gu, "")
    .trim();
  return replaced === "" || nameRefusal(replaced) !== null ? `_${replaced}` : replaced;
}

/** Organizations, spaces and instances, as each user may see them. */
export function createHierarchy(database: Kysely<Database>) {
  const select = () =>
    database
      .selectFrom("memberships")
      .innerJoin("instances", "instances.id", "memberships.instance_id")
      .innerJoin("spaces", "spaces.id", "instances.space_id")
      .innerJoin("organizations", "organizations.id", "spaces.organization_id")
      .select([
        "instances.id as id",
        "instances.name as name",
        "spaces.name as space",
        "organizations.name as organization",
        "memberships.role as role",
      ]);
  const placed = (row: Omit<PlacedInstance, "remotePath">): PlacedInstance => ({
    ...row,
    remotePath: `/${[row.organization, row.space, row.name].map(dropboxName).join("/")}`,
  });

  return {
    async createOrganization(name: string): Promise<string> {
      const id = randomUUID();
      await database.insertInto("organizations").values({ id, name }).execute();
      return id;
    },
    /** A new space has the instances *Master* and *Distributed* (SPEC 1.2). */
    async createSpace(organizationId: string, name: string, ownerId: string): Promise<void> {
      const spaceId = randomUUID();
      await database.insertInto("spaces").values({ id: spaceId, organization_id: organizationId, name }).execute();
      for (const instanceName of ["Master", "Distributed"]) {
        const id = randomUUID();
        await database.insertInto("instances").values({ id, space_id: spaceId, name: instanceName }).execute();
        await database.insertInto("memberships").values({ user_id: ownerId, instance_id: id, role: "owner" }).execute();
      }
    },
    async instancesOf(userId: string): Promise<PlacedInstance[]> {
      const rows = await select()
        .where("memberships.user_id", "=", userId)
        .orderBy("organizations.name")
        .orderBy("spaces.name")
        .orderBy("instances.name", "desc")
        .execute();
      return rows.map(placed);
    },
    /** @throws RequestError 404 when there is none, or none that this user may see */
    async instance(userId: string, instanceId: string): Promise<PlacedInstance> {
      const row = await select()
        .where("memberships.user_id", "=", userId)
        .where("instances.id", "=", instanceId)
        .executeTakeFirst();
      if (row === undefined) throw new RequestError(404, "not-found", "There is no such instance.");
      return placed(row);
    },
  };
}

export type Hierarchy = ReturnType<typeof createHierarchy>;
