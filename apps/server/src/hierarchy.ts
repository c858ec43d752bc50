import type { Administered, Level, Unit } from "@twinfold/api";
import { type Kysely, sql } from "kysely";
import type { Database } from "./database/schema.ts";
import { RequestError } from "./server-error.ts";
import { dropboxName, isSamePath, remotePathOf } from "./unit-names.ts";

export interface PlacedInstance {
  readonly id: string;
  readonly spaceId: string;
  readonly organizationId: string;
  readonly organization: string;
  readonly space: string;
  readonly name: string;
  /** What the user may do with its files; a space's administrator is an editor in each of its instances. */
  readonly role: "editor" | "viewer";
  /** `/Organization/Space/Instance` in the app folder. */
  readonly remotePath: string;
}

/** An instance as it lies in the hierarchy, whoever may see it. */
export interface UnitInstance {
  readonly id: string;
  readonly remotePath: string;
}

const ID_IN_CHAIN = {
  organization: "organizations.id",
  space: "spaces.id",
  instance: "instances.id",
} as const satisfies Record<Level, string>;

const LEVELS: readonly Level[] = ["organization", "space", "instance"];

/** @throws RequestError 403 where the user may look at the files, and not change them */
export function checkEditor({ role }: Pick<PlacedInstance, "role">): void {
  if (role === "viewer")
    throw new RequestError(403, "viewer", "You may look at the files of this instance, but not change them.");
}

/** Of what may have been taken away since the work began. @throws RequestError 403, 404 */
export function checkStillEditor(role: PlacedInstance["role"] | null): void {
  if (role === null)
    throw new RequestError(
      404,
      "not-found",
      "Nothing was changed: meanwhile this instance was archived or deleted, or your role there was taken away. Ask a space administrator.",
    );
  checkEditor({ role });
}

/** Organizations, spaces and instances, as each user may see them. */
export function createHierarchy(database: Kysely<Database>) {
  const chain = () =>
    database
      .selectFrom("instances")
      .innerJoin("spaces", "spaces.id", "instances.space_id")
      .innerJoin("organizations", "organizations.id", "spaces.organization_id");
  /** What is archived is out of everybody's sight; *Admin* brings it back. */
  const rolesIn = () =>
    chain()
      .innerJoin("members", (join) =>
        join.on(({ or, eb }) =>
          or([
            eb("members.instance_id", "=", eb.ref("instances.id")),
            eb("members.space_id", "=", eb.ref("spaces.id")),
          ]),
        ),
      )
      .where("organizations.archived_at", "is", null)
      .where("spaces.archived_at", "is", null)
      .where("instances.archived_at", "is", null)
      .select([
        "instances.id as id",
        "instances.name as name",
        "spaces.id as spaceId",
        "spaces.name as space",
        "organizations.id as organizationId",
        "organizations.name as organization",
        "members.role as held",
      ]);
  type Row = Awaited<ReturnType<ReturnType<typeof rolesIn>["execute"]>>[number];

  /** Each instance once, with the most that its rows allow. */
  function placed(rows: readonly Row[]): PlacedInstance[] {
    const all = new Map<string, PlacedInstance>();
    for (const { held, ...row } of rows) {
      const role = held === "instance viewer" ? "viewer" : "editor";
      if (all.get(row.id)?.role === "editor") continue;
      all.set(row.id, { ...row, role, remotePath: remotePathOf(row.organization, row.space, row.name) });
    }
    return [...all.values()];
  }

  return {
    async instancesOf(userId: string): Promise<PlacedInstance[]> {
      const rows = await rolesIn()
        .where("members.user_id", "=", userId)
        .orderBy("organizations.name")
        .orderBy("spaces.name")
        .orderBy("instances.name", "desc")
        .execute();
      return placed(rows);
    },
    /** @throws RequestError 404 when there is none, or none that this user may see */
    async instance(userId: string, instanceId: string): Promise<PlacedInstance> {
      const rows = await rolesIn()
        .where("members.user_id", "=", userId)
        .where("instances.id", "=", instanceId)
        .execute();
      const [instance] = placed(rows);
      if (instance === undefined) throw new RequestError(404, "not-found", "There is no such instance.");
      return instance;
    },
    /** What the user may do with the instance's files, now; null for nothing. */
    async roleIn(userId: string, instanceId: string): Promise<PlacedInstance["role"] | null> {
      const rows = await rolesIn()
        .where("members.user_id", "=", userId)
        .where("instances.id", "=", instanceId)
        .execute();
      return placed(rows)[0]?.role ?? null;
    },
    /** A unit's own folder in the app folder. */
    async remotePathOf(unit: Unit): Promise<string> {
      const row = await database
        .selectFrom("organizations")
        .leftJoin("spaces", "spaces.organization_id", "organizations.id")
        .leftJoin("instances", "instances.space_id", "spaces.id")
        .where(ID_IN_CHAIN[unit.level], "=", unit.id)
        .select(["organizations.name as organization", "spaces.name as space", "instances.name as instance"])
        .executeTakeFirstOrThrow();
      const names = [row.organization, row.space, row.instance].slice(0, LEVELS.indexOf(unit.level) + 1);
      return remotePathOf(...names.map((name) => name ?? ""));
    },
    /** Whether a unit has this folder in the app folder; archived ones too. */
    async hasFolder(path: string): Promise<boolean> {
      const rows = await database
        .selectFrom("organizations")
        .leftJoin("spaces", "spaces.organization_id", "organizations.id")
        .leftJoin("instances", "instances.space_id", "spaces.id")
        .select(["organizations.name as organization", "spaces.name as space", "instances.name as instance"])
        .execute();
      const depth = path.split("/").length - 1;
      return rows.some(({ organization, space, instance }) => {
        const names = [organization, space, instance].filter((name) => name !== null).slice(0, depth);
        return names.length === depth && isSamePath(remotePathOf(...names), path);
      });
    },
    /** All below a unit, or the one that it is; archived ones too. */
    async instancesIn(unit: Unit): Promise<UnitInstance[]> {
      const rows = await chain()
        .where(ID_IN_CHAIN[unit.level], "=", unit.id)
        .select(["instances.id as id", "instances.name as name", "spaces.name as space"])
        .select("organizations.name as organization")
        .execute();
      return rows.map((row) => ({ id: row.id, remotePath: remotePathOf(row.organization, row.space, row.name) }));
    },
    /** Everybody who holds a role in a unit, below it, or in what it lies in. */
    async usersOf(unit: Unit): Promise<string[]> {
      const rows = await database
        .selectFrom("organizations")
        .leftJoin("spaces", "spaces.organization_id", "organizations.id")
        .leftJoin("instances", "instances.space_id", "spaces.id")
        .innerJoin("members", (join) =>
          join.on(({ or, eb }) =>
            or([
              eb("members.organization_id", "=", eb.ref("organizations.id")),
              eb("members.space_id", "=", eb.ref("spaces.id")),
              eb("members.instance_id", "=", eb.ref("instances.id")),
            ]),
          ),
        )
        .where(ID_IN_CHAIN[unit.level], "=", unit.id)
        .select("members.user_id")
        .distinct()
        .execute();
      return rows.map((row) => row.user_id);
    },
    /** What a user manages or administers, archived ones too; an organization of which she administers some spaces has only those. */
    async administeredBy(userId: string): Promise<Administered> {
      const held = await database.selectFrom("members").selectAll().where("user_id", "=", userId).execute();
      const managed = held.map((row) => row.organization_id).filter((id) => id !== null);
      const own = held.map((row) => row.space_id).filter((id) => id !== null);
      if (managed.length + own.length === 0) return [];
      const byName = <T extends { readonly name: string }>(all: readonly T[]) =>
        [...all].sort((a, b) => a.name.localeCompare(b.name));
      const among = (ids: readonly string[]) => sql<boolean>`= ANY(${ids})`;
      const spaces = await database
        .selectFrom("spaces")
        .selectAll()
        .where(({ or }) => or([sql<boolean>`organization_id ${among(managed)}`, sql<boolean>`id ${among(own)}`]))
        .execute();
      const organizationIds = [...managed, ...spaces.map((space) => space.organization_id)];
      const organizations = await database
        .selectFrom("organizations")
        .selectAll()
        .where(sql<boolean>`id ${among(organizationIds)}`)
        .execute();
      const instances = await database
        .selectFrom("instances")
        .selectAll()
        .where(sql<boolean>`space_id ${among(spaces.map((space) => space.id))}`)
        .execute();
      const described = (row: { id: string; name: string; archived_at: string | null }) => ({
        id: row.id,
        name: row.name,
        dropboxName: dropboxName(row.name),
        archivedAt: row.archived_at,
      });
      return byName(organizations).map((organization) => ({
        ...described(organization),
        manages: managed.includes(organization.id),
        spaces: byName(spaces.filter((space) => space.organization_id === organization.id)).map((space) => ({
          ...described(space),
          instances: byName(instances.filter((one) => one.space_id === space.id)).map(described),
        })),
      }));
    },
  };
}

export type Hierarchy = ReturnType<typeof createHierarchy>;
