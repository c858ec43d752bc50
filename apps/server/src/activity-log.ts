import { ACTIVITY_PAGE, type ActivityEntry, type ActivityPage, activityVersion } from "@twinfold/api";
import type { Activity } from "@twinfold/engine";
import { KEPT_HOURS } from "@twinfold/workspaces";
import { type Insertable, type Kysely, type Selectable, sql } from "kysely";
import type { Database } from "./database/schema.ts";
import type { Hierarchy } from "./hierarchy.ts";
import type { LiveEvents } from "./live-events.ts";
import { RequestError } from "./server-error.ts";

/** Entries that are kept of one user's doings, and sync, in one instance; and of those which an undo may need. */
const MOST_KEPT = 10_000;
const MOST_KEPT_TO_UNDO = 100_000;
/** Older ones are looked for after so many new ones. */
const PRUNE_EVERY = 1_000;
/** How long entries are gathered before they are written, in milliseconds; how many at a time. */
const GATHERED_FOR = 200;
const WRITTEN_AT_ONCE = 1_000;
/** Between deletions of what went with one folder there is no longer pause, in milliseconds. */
const TOGETHER = 60_000;

type NewRow = Insertable<Database["activities"]>;
export type ActivityRow = Selectable<Database["activities"]>;

/** Something that the platform did with an instance's files, for a person. */
export interface PlatformActivity {
  readonly action: ActivityEntry["action"];
  readonly path: string;
  readonly from?: string;
  readonly reason?: string;
  /** Of what was deleted, or replaced: by what that can be brought back. */
  readonly keptAs?: string;
}

/**
 * What happened to each instance's files: what a user's sync did, for her alone, and what the platform did, for all who
 * are in the instance. What was not yet written when the server was killed is missing: a moment's worth.
 */
export function createActivityLog(parts: {
  readonly database: Kysely<Database>;
  readonly hierarchy: Hierarchy;
  readonly events: LiveEvents;
  readonly log: (message: string) => void;
}) {
  const { database, hierarchy, events } = parts;
  const waiting = new Map<string, NewRow[]>();
  const sincePruned = new Map<string, number>();
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();

  function add(row: NewRow): void {
    const key = `${row.instance_id} ${row.user_id}`;
    const mine = waiting.get(key) ?? [];
    // More than is kept need not wait.
    if (mine.length >= MOST_KEPT_TO_UNDO) mine.splice(0, WRITTEN_AT_ONCE);
    mine.push(row);
    waiting.set(key, mine);
    timer ??= setTimeout(flush, GATHERED_FOR);
  }

  function flush(): Promise<void> {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const gathered = [...waiting];
    waiting.clear();
    writing = writing.then(async () => {
      for (const [key, rows] of gathered) {
        await write(key, rows).catch((error: unknown) =>
          parts.log(
            `${rows.length} entries of the activity are lost: ${error instanceof Error ? error.message : error}`,
          ),
        );
      }
    });
    return writing;
  }

  async function write(key: string, rows: readonly NewRow[]): Promise<void> {
    const [instanceId = "", userId = ""] = key.split(" ");
    for (let at = 0; at < rows.length; at += WRITTEN_AT_ONCE) {
      await database
        .insertInto("activities")
        .values(rows.slice(at, at + WRITTEN_AT_ONCE))
        .execute();
    }
    const since = (sincePruned.get(key) ?? 0) + rows.length;
    sincePruned.set(key, since >= PRUNE_EVERY ? 0 : since);
    if (since >= PRUNE_EVERY) await prune(userId, instanceId);
    const isForAll = rows.some(({ side }) => side === "platform");
    const listeners = isForAll ? await hierarchy.usersOf({ level: "instance", id: instanceId }) : [userId];
    for (const listener of listeners) events.tell(listener, "activity", { instanceId });
  }

  async function prune(userId: string, instanceId: string): Promise<void> {
    const oldest = (most: number) =>
      sql`(SELECT id FROM activities WHERE instance_id = ${instanceId} AND user_id = ${userId}
        ORDER BY id DESC OFFSET ${sql.lit(most - 1)} LIMIT 1)`;
    await sql`DELETE FROM activities WHERE instance_id = ${instanceId} AND user_id = ${userId} AND
      ((was IS NULL AND kept_as IS NULL AND action <> 'delete' AND id < ${oldest(MOST_KEPT)}) OR id < ${oldest(MOST_KEPT_TO_UNDO)})`.execute(
      database,
    );
  }

  const ofPlatform = (instanceId: string) =>
    database.selectFrom("activities").selectAll().where("instance_id", "=", instanceId).where("side", "=", "platform");

  const ofUser = (userId: string, instanceId: string) =>
    database.selectFrom("activities").selectAll().where("instance_id", "=", instanceId).where("user_id", "=", userId);

  return {
    /** What a user's session does from now on. */
    follow(
      userId: string,
      instanceId: string,
      session: { onActivity(listener: (one: Activity) => void): unknown },
    ): void {
      session.onActivity((one) =>
        add({
          instance_id: instanceId,
          user_id: userId,
          at: one.at,
          side: one.side === "local" ? "workspace" : "dropbox",
          action: one.action,
          kind: one.kind,
          path: one.path,
          from_path: one.from ?? null,
          bytes: one.bytes ?? null,
          reason: one.reason,
          was: one.was,
          now: one.now,
        }),
      );
    },
    /** The platform did something for a user. */
    note(userId: string, instanceId: string, { from, reason = "", keptAs, ...one }: PlatformActivity): void {
      const at = new Date().toISOString();
      const whose = { instance_id: instanceId, user_id: userId, at, side: "platform" } as const;
      add({ ...one, ...whose, reason, from_path: from ?? null, kept_as: keptAs ?? null });
    },
    /** A deletion, an overwriting or a move on the pages; undefined when the entry is another. */
    doneOnPages: (instanceId: string, id: string): Promise<ActivityRow | undefined> =>
      ofPlatform(instanceId)
        .where("id", "=", id)
        .where("action", "in", ["delete", "upload", "move"])
        .executeTakeFirst(),
    /** Whether what came to a path by a move has gone from there since, as far as that was told to its user. */
    async hasLeft({ id, instance_id: instanceId, user_id: userId, path }: ActivityRow): Promise<boolean> {
      await flush();
      const later = await database
        .selectFrom("activities")
        .select("id")
        .where("instance_id", "=", instanceId)
        .where("id", ">", id)
        .where(({ or, eb }) => or([eb("user_id", "=", userId), eb("side", "=", "platform")]))
        .where(({ or, and, eb }) =>
          or([
            and([eb("action", "=", "delete"), eb("path", "=", path)]),
            and([eb("action", "=", "move"), eb("from_path", "=", path)]),
          ]),
        )
        .executeTakeFirst();
      return later !== undefined;
    },
    /** What was deleted or replaced on the pages was brought back, or is gone for good: its entry says so. */
    async lossIsOver(instanceId: string, keptAs: string, how: "undone" | "for good"): Promise<void> {
      await flush();
      await database
        .updateTable("activities")
        .set(how === "undone" ? { undone_at: new Date().toISOString() } : { kept_as: null })
        .where("instance_id", "=", instanceId)
        .where("side", "=", "platform")
        .where("kept_as", "=", keptAs)
        .execute();
    },
    /** What a user may see of an instance's activity, newest first. @param before an entry's id */
    async page(userId: string, instanceId: string, before: string | undefined): Promise<ActivityPage> {
      const rows = await database
        .selectFrom("activities")
        .innerJoin("users", "users.id", "activities.user_id")
        .selectAll("activities")
        .select("users.name as who")
        .where("instance_id", "=", instanceId)
        .where(({ or, eb }) => or([eb("user_id", "=", userId), eb("side", "=", "platform")]))
        .$if(before !== undefined, (query) => query.where("activities.id", "<", before ?? ""))
        .orderBy("activities.id", "desc")
        .limit(ACTIVITY_PAGE + 1)
        .execute();
      return { entries: rows.slice(0, ACTIVITY_PAGE).map(described), more: rows.length > ACTIVITY_PAGE };
    },
    /** What a user's own sync did. @throws RequestError 404 */
    async ownEntry(userId: string, instanceId: string, id: string): Promise<ActivityRow> {
      const row = await ofUser(userId, instanceId)
        .where("id", "=", id)
        .where("side", "!=", "platform")
        .executeTakeFirst();
      if (row === undefined) throw new RequestError(404, "not-found", "There is no such entry any more.");
      return row;
    },
    /** What was deleted with a folder: what was in it and went just before it, on the same side, in that order. */
    async deletedWith(folder: ActivityRow): Promise<ActivityRow[]> {
      const rows = await ofUser(folder.user_id, folder.instance_id)
        .where("action", "=", "delete")
        .where("side", "=", folder.side)
        .where("undone_at", "is", null)
        .where("id", "<", folder.id)
        .where(sql<boolean>`starts_with(path, ${`${folder.path}/`})`)
        .orderBy("id", "desc")
        .execute();
      let after = Date.parse(folder.at);
      const pause = rows.findIndex(({ at }) => {
        const before = after;
        after = Date.parse(at);
        return before - after > TOGETHER;
      });
      return (pause === -1 ? rows : rows.slice(0, pause)).reverse();
    },
    /** @param within a transaction */
    async markUndone(ids: readonly string[], within: Kysely<Database>): Promise<void> {
      if (ids.length === 0) return;
      await within
        .updateTable("activities")
        .set({ undone_at: new Date().toISOString() })
        .where(sql<boolean>`id = ANY(${ids})`)
        .execute();
    },
    /** Whatever was gathered is written. */
    flush,
  };
}

function described(row: ActivityRow & { readonly who: string }): ActivityEntry {
  const { id, at, side, action, path, reason, bytes } = row;
  return {
    ...{ at, side, action, path, reason },
    id: String(id),
    from: row.from_path,
    bytes: bytes === null ? null : Number(bytes),
    who: side === "platform" ? row.who : null,
    versions: side === "platform" ? [] : activityVersion.options.filter((which) => row[which] !== null),
    undo: row.undone_at !== null ? "done" : canBeUndone(row) ? "possible" : null,
  };
}

/** Whether it moved something, or took away what Dropbox or a snapshot may have kept, or what lies among the deleted items. */
export function canBeUndone(row: ActivityRow): boolean {
  const { side, action, kind, was, at, kept_as: keptAs } = row;
  if (isMove(row)) return true;
  if (side === "platform") return keptAs !== null && Date.parse(at) > Date.now() - KEPT_HOURS * 3_600_000;
  return was !== null || (action === "delete" && kind === "folder");
}

export type MoveRow = ActivityRow & { readonly from_path: string };

export function isMove(row: ActivityRow): row is MoveRow {
  return row.action === "move" && row.from_path !== null && row.from_path !== row.path;
}

export type ActivityLog = ReturnType<typeof createActivityLog>;
