import type { Database, Row } from "./database.ts";
import type { FileEntry } from "./entries.ts";

/**
 * Every version that any file of an account has had, at the path that it had then. The indexes are named, since SQLite by itself
 * takes the primary key, which has the order that is asked for, and reads every version of the account.
 */
export class Revisions {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  add(file: FileEntry): void {
    this.#database.run(
      "INSERT INTO revisions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      file.ns,
      file.stamp,
      file.key,
      file.display,
      file.id,
      file.hash,
      file.size,
      file.clientModified,
      file.serverModified,
    );
  }

  find(ns: number, stamp: number): FileEntry | undefined {
    const row = this.#database.get("SELECT * FROM revisions WHERE ns = ? AND stamp = ?", ns, stamp);
    return row === undefined ? undefined : fileEntryOf(row);
  }

  /** Newest first, only those older than `before`. */
  byPath(ns: number, key: string, limit: number, before = Number.MAX_SAFE_INTEGER): FileEntry[] {
    return this.#database
      .all(
        "SELECT * FROM revisions INDEXED BY revisions_by_key WHERE ns = ? AND key = ? AND stamp < ? ORDER BY stamp DESC LIMIT ?",
        ns,
        key,
        before,
        limit,
      )
      .map(fileEntryOf);
  }

  /** Newest first, wherever the file was. */
  byId(ns: number, id: string, limit: number): FileEntry[] {
    return this.#database
      .all(
        "SELECT * FROM revisions INDEXED BY revisions_by_id WHERE ns = ? AND id = ? ORDER BY stamp DESC LIMIT ?",
        ns,
        id,
        limit,
      )
      .map(fileEntryOf);
  }
}

function fileEntryOf(row: Row): FileEntry {
  return {
    ns: Number(row.ns),
    key: String(row.key),
    display: String(row.display),
    id: String(row.id),
    stamp: Number(row.stamp),
    hash: String(row.hash),
    size: Number(row.size),
    clientModified: Number(row.client_modified),
    serverModified: Number(row.server_modified),
  };
}
