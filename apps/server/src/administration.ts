import { rm } from "node:fs/promises";
import type { Level, Role, Unit } from "@twinfold/api";
import type { Kysely } from "kysely";
import type { Applications } from "./applications.ts";
import type { Database } from "./database/schema.ts";
import type { Hierarchy } from "./hierarchy.ts";
import type { LiveEvents } from "./live-events.ts";
import type { Members } from "./members.ts";
import type { Places } from "./places.ts";
import { createUnits } from "./units.ts";

/** Changes to organizations, spaces, instances and roles, with all that follows from them for what runs. */
export function createAdministration(parts: {
  readonly database: Kysely<Database>;
  readonly hierarchy: Hierarchy;
  readonly members: Members;
  readonly places: Places;
  readonly applications: Applications;
  readonly events: LiveEvents;
}) {
  const { database, hierarchy, members, places, applications, events } = parts;
  const units = createUnits(database);

  function tell(userIds: Iterable<string>): void {
    for (const userId of userIds) events.tell(userId, "hierarchy", {});
  }

  /** Whoever had to do with a unit before a change, or has after it, hears of it once what ran without leave has ended. */
  async function changing<T>(unit: Unit, change: () => Promise<T>): Promise<T> {
    const before = await hierarchy.usersOf(unit);
    const made = await change();
    await applications.endWithoutLeave();
    tell(new Set([...before, ...(await hierarchy.usersOf(unit))]));
    return made;
  }

  return {
    async create(level: Level, within: string | null, name: string, userId: string): Promise<string> {
      const id = await database.transaction().execute((transaction) => {
        const inside = createUnits(transaction);
        if (level === "organization") return inside.createOrganization(name, userId);
        if (level === "space") return inside.createSpace(within ?? "", name, userId);
        return inside.createInstance(within ?? "", name);
      });
      tell(await hierarchy.usersOf({ level, id }));
      return id;
    },
    rename: (unit: Unit, name: string) => changing(unit, () => units.rename(unit, name)),
    /** Applications and sync end; files, roles and what is in Dropbox stay as they are. */
    setArchived: (unit: Unit, archived: boolean) => changing(unit, () => units.setArchived(unit, archived)),
    /** With its files here. What members have of it in their Dropboxes is theirs. */
    async remove(unit: Unit): Promise<void> {
      const instances = await hierarchy.instancesIn(unit);
      const users = await hierarchy.usersOf(unit);
      await changing(unit, () => units.remove(unit));
      for (const { id } of instances) {
        await rm(places.files(id), { recursive: true, force: true });
        for (const userId of users) await rm(places.engineState(userId, id), { recursive: true, force: true });
      }
      tell(users);
    },
    setRole: (unit: Unit, userId: string, role: Role) => changing(unit, () => members.setRole(unit, userId, role)),
    removeMember: (unit: Unit, userId: string) => changing(unit, () => members.remove(unit, userId)),
    joined: (userId: string) => tell([userId]),
  };
}

export type Administration = ReturnType<typeof createAdministration>;
