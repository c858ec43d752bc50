import type { SQLInputValue } from "node:sqlite";
import type { Database, Row } from "./database.ts";
import { type Entry, entryOf } from "./entries.ts";

/** Which part of an account is listed or followed. */
export interface ListedFolder {
  readonly ns: number;
  readonly key: string;
  readonly recursive: boolean;
}

/** What happened to one path; a deletion covers all that was below it. */
export type LogChange =
  | { readonly kind: "put"; readonly seq: number; readonly entry: Entry }
  | { readonly kind: "deleted"; readonly seq: number; readonly key: string; readonly display: string };

/**
 * Reads listings page by page, and the changes after them. The log holds only each path's last state, so it never grows
 * beyond the tree; what changed several times between two reads is told once.
 */
export class ChangeLog {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * A page of a folder with all below it, in the order of paths, so that a folder comes before what is in it; the folder
   * itself is the first entry (`""` excepted, for the caller to leave out). `after` is the last key of the page before.
   */
  deepPage(folder: ListedFolder, after: string | null, deleted: boolean, limit: number): Entry[] {
    const { ns, key } = folder;
    if (after === null) {
      const self = this.#database.get("SELECT * FROM entries WHERE ns = ? AND key = ? AND deleted = 0", ns, key);
      const first = self === undefined || key === "" ? [] : [entryOf(self)];
      return [...first, ...this.deepPage(folder, `${key}/`, deleted, limit - first.length)];
    }
    return this.#database
      .all(
        `SELECT * FROM entries WHERE ns = ? AND key > ? AND key < ? AND deleted <= ? ORDER BY key LIMIT ?`,
        ns,
        after,
        `${key}0`,
        deleted ? 1 : 0,
        limit,
      )
      .map(entryOf);
  }

  /** A page of what is directly in a folder: folders first, each kind in the order of making (as recorded). */
  flatPage(parent: number, after: { folder: boolean; row: number } | null, deleted: boolean, limit: number): Entry[] {
    const folders = after === null || after.folder ? this.#ofKind(parent, true, after?.row ?? 0, deleted, limit) : [];
    if (folders.length === limit) return folders;
    const from = after === null || after.folder ? 0 : after.row;
    return [...folders, ...this.#ofKind(parent, false, from, deleted, limit - folders.length)];
  }

  /** One kind by itself: for a page of both, SQLite would go through all the pages before it. */
  #ofKind(parent: number, folder: boolean, after: number, deleted: boolean, limit: number): Entry[] {
    return this.#database
      .all(
        "SELECT * FROM entries WHERE parent = ? AND folder = ? AND row > ? AND deleted <= ? ORDER BY row LIMIT ?",
        parent,
        folder ? 1 : 0,
        after,
        deleted ? 1 : 0,
        limit,
      )
      .map(entryOf);
  }

  /** The changes after a place in the log, in order. */
  changes(folder: ListedFolder, parent: number | null, since: number, limit: number): LogChange[] {
    const [filter, values] = this.#filter(folder, parent);
    const changes = this.#database
      .all(
        // `seq > 0` is what lets SQLite use the index of the log, which holds no other rows.
        `SELECT * FROM entries WHERE ns = ? AND seq > ? AND seq > 0 AND ${filter} ORDER BY seq LIMIT ?`,
        folder.ns,
        since,
        ...values,
        limit,
      )
      .map(changeOf);
    const forgotten = this.#database
      .all(
        `SELECT * FROM forgotten_folders WHERE ns = ? AND seq > ? AND ${filter} ORDER BY seq LIMIT ?`,
        folder.ns,
        since,
        ...values,
        limit,
      )
      .map(deletionOf);
    const above = this.#deletionsAbove(folder, since);
    if (forgotten.length === 0 && above.length === 0) return changes;
    return [...changes, ...forgotten, ...above].sort((a, b) => a.seq - b.seq).slice(0, limit);
  }

  /** What has the last line in the account's log before a place in it; undefined at its beginning. */
  lastBefore(ns: number, seq: number): Entry | undefined {
    const row = this.#database.get(
      "SELECT * FROM entries WHERE ns = ? AND seq < ? AND seq > 0 ORDER BY seq DESC LIMIT 1",
      ns,
      seq,
    );
    return row === undefined ? undefined : entryOf(row);
  }

  /** The folders that were deleted, or moved away, after a place in the log, in order. */
  deletedFolders(ns: number, since: number): Entry[] {
    return this.#database
      .all(
        "SELECT * FROM entries WHERE ns = ? AND seq > ? AND seq > 0 AND folder = 1 AND deleted = 1 ORDER BY seq",
        ns,
        since,
      )
      .map(entryOf);
  }

  /**
   * The deletions that took the listed folder along without a line of its own in the log: those of the folders above it, and of
   * the folder itself where only its children are followed. Looked for here, at a few keys, since writing a line for each of
   * the many rows below a deleted folder would make the deletion slow.
   */
  #deletionsAbove(folder: ListedFolder, since: number): LogChange[] {
    const keys = ancestorsOf(folder.key);
    if (!folder.recursive && folder.key !== "") keys.push(folder.key);
    if (keys.length === 0) return [];
    const rows = this.#database.all(
      `SELECT seq FROM entries WHERE ns = ?1 AND key IN (SELECT value FROM json_each(?2)) AND deleted = 1 AND seq > ?3
       UNION ALL
       SELECT seq FROM forgotten_folders WHERE ns = ?1 AND seq > ?3 AND key IN (SELECT value FROM json_each(?2))`,
      folder.ns,
      JSON.stringify(keys),
      since,
    );
    if (rows.length === 0) return [];
    const own = this.#database.get("SELECT display FROM entries WHERE ns = ? AND key = ?", folder.ns, folder.key);
    if (own === undefined) return [];
    return rows.map(({ seq }) => ({
      kind: "deleted",
      seq: Number(seq),
      key: folder.key,
      display: String(own.display),
    }));
  }

  /** Whether there is anything after a place in the log. */
  hasChanges(folder: ListedFolder, parent: number | null, since: number): boolean {
    return this.changes(folder, parent, since, 1).length > 0;
  }

  #filter(folder: ListedFolder, parent: number | null): [sql: string, values: SQLInputValue[]] {
    if (!folder.recursive) return ["parent = ?", [parent]];
    // The account's root is below nothing, and has no line in the log itself.
    if (folder.key === "") return ["key > ''", []];
    return ["(key = ? OR (key > ? AND key < ?))", [folder.key, `${folder.key}/`, `${folder.key}0`]];
  }
}

/** The folders above a path, without the account's root, which is never deleted. */
function ancestorsOf(key: string): string[] {
  const names = key.split("/").slice(1, -1);
  return names.map((_, index) => `/${names.slice(0, index + 1).join("/")}`);
}

function changeOf(row: Row): LogChange {
  const entry = entryOf(row);
  return entry.deleted ? deletionOf(row) : { kind: "put", seq: entry.seq, entry };
}

function deletionOf(row: Row): LogChange {
  return { kind: "deleted", seq: Number(row.seq), key: String(row.key), display: String(row.display) };
}
