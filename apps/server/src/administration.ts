import type { DropboxOutcome, Level, Role, Unit, UnitDeletion } from "@twinfold/api";
import type { Kysely } from "kysely";
import type { AlwaysOn } from "./always-on.ts";
import type { Applications } from "./applications.ts";
import type { Database } from "./database/schema.ts";
import type { Deletions } from "./deletions.ts";
import type { DropboxFolders } from "./dropbox-folders.ts";
import type { Hierarchy } from "./hierarchy.ts";
import type { LiveEvents } from "./live-events.ts";
import type { Members } from "./members.ts";
import type { SyncManager } from "./sync-manager.ts";
import { createUnits } from "./units.ts";

/** Changes to organizations, spaces, instances and roles, with all that follows from them for what runs. */
export function createAdministration(parts: {
  readonly database: Kysely<Database>;
  readonly hierarchy: Hierarchy;
  readonly members: Members;
  readonly applications: Applications;
  readonly alwaysOn: AlwaysOn;
  readonly deletions: Deletions;
  readonly sync: SyncManager;
  readonly folders: DropboxFolders;
  readonly events: LiveEvents;
}) {
  const { database, hierarchy, members, applications, alwaysOn, deletions, sync, folders, events } = parts;
  const units = createUnits(database);

  function tell(userIds: Iterable<string>): void {
    for (const userId of userIds) events.tell(userId, "hierarchy", {});
  }

  /**
   * Whoever had to do with a unit before a change, or has after it, hears of it once what ran without leave has ended.
   * @param flushSeconds how long sessions that end with it may still sync; of who has lost a role, not at all
   */
  async function changing<T>(unit: Unit, change: () => Promise<T>, flushSeconds?: number): Promise<T> {
    const before = await hierarchy.usersOf(unit);
    const instances = await hierarchy.instancesIn(unit);
    const made = await change();
    const ids = new Set(instances.map(({ id }) => id));
    await Promise.all([sync.heedRoles(ids, flushSeconds), applications.endWithoutLeave(ids)]);
    await alwaysOn.resumeIn(ids);
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
    /** One move in each member's linked Dropbox; sessions stand still meanwhile, and go on from what they know. */
    async rename(unit: Unit, name: string): Promise<DropboxOutcome> {
      const before = await hierarchy.instancesIn(unit);
      const resume = await sync.suspend(new Set(before.map(({ id }) => id)));
      let after = before;
      try {
        const from = await hierarchy.remotePathOf(unit);
        await units.rename(unit, name);
        after = await hierarchy.instancesIn(unit);
        const users = await hierarchy.usersOf(unit);
        const moved = before.map(({ id, remotePath }) => ({
          id,
          from: remotePath,
          to: after.find((one) => one.id === id)?.remotePath ?? remotePath,
        }));
        const outcome = await folders.rename(users, { from, to: await hierarchy.remotePathOf(unit) }, moved);
        tell(users);
        return outcome;
      } finally {
        await resume(new Map(after.map(({ id, remotePath }) => [id, remotePath])));
      }
    },
    /** Applications and sync end; files, roles and what is in Dropbox stay as they are. */
    setArchived: (unit: Unit, archived: boolean) => changing(unit, () => units.setArchived(unit, archived)),
    /** With its files and snapshots here. What members have of it in their Dropboxes is theirs, unless that is asked for, too. */
    async remove(unit: Unit, alsoInDropbox: boolean): Promise<UnitDeletion> {
      const deletion = await changing(unit, () => deletions.begin(unit, alsoInDropbox));
      const outcome = await deletions.carryOut(deletion);
      tell(deletion.users);
      return outcome;
    },
    setRole: (unit: Unit, userId: string, role: Role) => changing(unit, () => members.setRole(unit, userId, role), 0),
    removeMember: (unit: Unit, userId: string) => changing(unit, () => members.remove(unit, userId), 0),
    async joined(userId: string): Promise<void> {
      await sync.heedRoles(new Set((await hierarchy.instancesOf(userId)).map(({ id }) => id)));
      await alwaysOn.resumeOf(userId);
      tell([userId]);
    },
  };
}

export type Administration = ReturnType<typeof createAdministration>;
