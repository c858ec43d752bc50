import type { Database, Row } from "./database.ts";

/** One path's row: what is there, or was. */
export interface Entry {
  readonly row: number;
  readonly ns: number;
  /** The path in lower case; what makes two paths one. The account's root is `""`. */
  readonly key: string;
  /** The row of the folder it lies in. */
  readonly parent: number;
  readonly folder: boolean;
  readonly deleted: boolean;
  readonly seq: number;
  /** The path as people wrote it; only the last component's case is certain. */
  readonly display: string;
  readonly id: string;
  readonly stamp: number;
  /** Null for folders. */
  readonly hash: string | null;
  readonly size: number;
  /** Milliseconds since 1970. For a tombstone, `serverModified` is when it was deleted. */
  readonly clientModified: number;
  readonly serverModified: number;
}

/** A file's entry, alive or as it was at some time. */
export type FileEntry = Pick<
  Entry,
  "ns" | "display" | "key" | "id" | "stamp" | "size" | "clientModified" | "serverModified"
> & { readonly hash: string };

export type NewEntry = Omit<Entry, "row">;

export function entryOf(row: Row): Entry {
  return {
    row: Number(row.row),
    ns: Number(row.ns),
    key: String(row.key),
    parent: Number(row.parent),
    folder: row.folder === 1,
    deleted: row.deleted === 1,
    seq: Number(row.seq),
    display: String(row.display),
    id: String(row.id),
    stamp: Number(row.stamp),
    hash: typeof row.hash === "string" ? row.hash : null,
    size: Number(row.size),
    clientModified: Number(row.client_modified),
    serverModified: Number(row.server_modified),
  };
}

/** What changes of an entry, in the order in which both statements that write it have it. */
function changing(entry: NewEntry) {
  return [
    entry.folder ? 1 : 0,
    entry.deleted ? 1 : 0,
    entry.seq,
    entry.display,
    entry.id,
    entry.stamp,
    entry.hash,
    entry.size,
    entry.clientModified,
    entry.serverModified,
  ] as const;
}

/** Reading and writing the rows of paths; knows nothing of what a change means. */
export class Entries {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** What is or was at this path. */
  find(ns: number, key: string): Entry | undefined {
    const row = this.#database.get("SELECT * FROM entries WHERE ns = ? AND key = ?", ns, key);
    return row === undefined ? undefined : entryOf(row);
  }

  /** What is at this path now. */
  alive(ns: number, key: string): Entry | undefined {
    const entry = this.find(ns, key);
    return entry?.deleted === false ? entry : undefined;
  }

  aliveById(ns: number, id: string): Entry | undefined {
    const row = this.#database.get("SELECT * FROM entries WHERE ns = ? AND id = ? AND deleted = 0", ns, id);
    return row === undefined ? undefined : entryOf(row);
  }

  insert(entry: NewEntry): Entry {
    const row = this.#database.get(
      `INSERT INTO entries (ns, key, parent, folder, deleted, seq, display, id, stamp, hash, size, client_modified, server_modified)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING row`,
      entry.ns,
      entry.key,
      entry.parent,
      ...changing(entry),
    );
    return { ...entry, row: Number(row?.row) };
  }

  /** Writes everything but the path and the parent of `entry`, which never change. */
  update(entry: Entry): void {
    this.#database.run(
      `UPDATE entries SET folder = ?, deleted = ?, seq = ?, display = ?, id = ?, stamp = ?, hash = ?, size = ?,
       client_modified = ?, server_modified = ? WHERE row = ?`,
      ...changing(entry),
      entry.row,
    );
  }

  /** All that is alive below a folder, parents before what is in them. */
  below(ns: number, key: string): Entry[] {
    return this.#database
      .all(
        "SELECT * FROM entries WHERE ns = ? AND key > ? AND key < ? AND deleted = 0 ORDER BY key",
        ns,
        `${key}/`,
        `${key}0`,
      )
      .map(entryOf);
  }

  /** All that is alive, or was once, below a folder and has a text in its key, one by one. */
  *containing(ns: number, key: string, text: string, deleted: boolean): Generator<Entry> {
    const rows = this.#database.iterate(
      "SELECT * FROM entries WHERE ns = ? AND key > ? AND key < ? AND instr(key, ?) > 0 AND deleted = ? ORDER BY key",
      ns,
      `${key}/`,
      `${key}0`,
      text,
      deleted ? 1 : 0,
    );
    for (const row of rows) yield entryOf(row);
  }

  /** How many entries are alive below a folder, counted no further than `limit`. */
  countBelow(ns: number, key: string, limit: number): number {
    const row = this.#database.get(
      "SELECT count(*) AS n FROM (SELECT 1 FROM entries WHERE ns = ? AND key > ? AND key < ? AND deleted = 0 LIMIT ?)",
      ns,
      `${key}/`,
      `${key}0`,
      limit,
    );
    return Number(row?.n);
  }

  /** The bytes of the files alive below a folder. */
  sizeBelow(ns: number, key: string): number {
    const row = this.#database.get(
      "SELECT coalesce(sum(size), 0) AS n FROM entries WHERE ns = ? AND key > ? AND key < ? AND deleted = 0",
      ns,
      `${key}/`,
      `${key}0`,
    );
    return Number(row?.n);
  }

  /** What is, or with `deleted` also was, directly in a folder. */
  children(parent: number, deleted: boolean): Entry[] {
    return this.#database
      .all(`SELECT * FROM entries WHERE parent = ? AND deleted <= ? ORDER BY folder DESC, row`, parent, deleted ? 1 : 0)
      .map(entryOf);
  }

  /**
   * Turns all that is alive below a folder into tombstones that the log does not mention: the folder's own deletion says it,
   * whose place in the log is `seq`.
   */
  buryBelow(ns: number, key: string, seq: number, at: number): void {
    this.#database.run(
      "UPDATE entries SET deleted = 1, seq = ?, server_modified = ? WHERE ns = ? AND key > ? AND key < ? AND deleted = 0",
      -seq,
      at,
      ns,
      `${key}/`,
      `${key}0`,
    );
  }

  /** What was deleted together with a folder, and is still gone, folders before what is in them; no more than `limit`. */
  buriedBelow({ ns, key, seq }: Entry, limit: number): Entry[] {
    return this.#database
      .all(
        "SELECT * FROM entries WHERE ns = ? AND key > ? AND key < ? AND deleted = 1 AND seq = ? ORDER BY key LIMIT ?",
        ns,
        `${key}/`,
        `${key}0`,
        -Math.abs(seq),
        limit,
      )
      .map(entryOf);
  }

  /** How much was deleted together with a folder, and is still gone. */
  countBuriedBelow({ ns, key, seq }: Entry): number {
    const row = this.#database.get(
      "SELECT count(*) AS n FROM entries WHERE ns = ? AND key > ? AND key < ? AND deleted = 1 AND seq = ?",
      ns,
      `${key}/`,
      `${key}0`,
      -Math.abs(seq),
    );
    return Number(row?.n);
  }

  /** Gives what is alive below a folder the folder's new spelling; the log does not mention it. */
  redisplayBelow(ns: number, key: string, display: string): void {
    this.#database.run(
      "UPDATE entries SET display = ? || substr(display, length(?) + 1) WHERE ns = ? AND key > ? AND key < ? AND deleted = 0",
      display,
      display,
      ns,
      `${key}/`,
      `${key}0`,
    );
  }

  /** Remembers that a folder now being made anew was deleted at its present place in the log. */
  rememberForgotten(entry: Entry): void {
    this.#database.run(
      "INSERT OR IGNORE INTO forgotten_folders VALUES (?, ?, ?, ?, ?)",
      entry.ns,
      entry.seq,
      entry.key,
      entry.display,
      entry.parent,
    );
  }
}
