import { DatabaseSync } from "node:sqlite";
import type { Bytes } from "./bytes.ts";
import { catalogueError } from "./snapshot-error.ts";
import { EMPTY_TREE, parseTree, type Tree } from "./tree.ts";

export interface Snapshot {
  readonly id: string;
  /** ISO 8601. */
  readonly takenAt: string;
  /** Its user's words for it, or none. */
  readonly note: string;
  /** Who wanted it: a person, the restore or distribution that was to follow, or the clock. */
  readonly cause: "person" | "restore" | "distribution" | "schedule";
  readonly files: number;
  readonly bytes: number;
}

export interface SavedSnapshot extends Snapshot {
  /** The hash of its root's tree. */
  readonly tree: string;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS trees (hash TEXT PRIMARY KEY, entries BLOB NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS snapshots (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, takenAt TEXT NOT NULL,
    note TEXT NOT NULL, cause TEXT NOT NULL, files INTEGER NOT NULL, bytes INTEGER NOT NULL, tree TEXT NOT NULL)`;
const COLUMNS = "id, takenAt, note, cause, files, bytes, tree";

/**
 * Which snapshots there are, and the trees of their folders: each tree once, however many snapshots have it.
 * @throws SnapshotError `full` from what writes
 */
export function openCatalogue(file: string) {
  const database = new DatabaseSync(file);
  // FULL: a snapshot that was told of is there after a power cut too.
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${SCHEMA}`);
  const readTree = database.prepare("SELECT entries FROM trees WHERE hash = ?");
  const addTree = database.prepare("INSERT OR IGNORE INTO trees VALUES (?, ?)");
  const list = database.prepare(`SELECT ${COLUMNS} FROM snapshots ORDER BY number DESC`);
  const add = database.prepare(`INSERT INTO snapshots (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)`);

  function treeTextOf(hash: string): Bytes | undefined {
    const row = readTree.get(hash);
    return row === undefined ? undefined : Buffer.from(row.entries as Uint8Array).toString("latin1");
  }

  function transaction(body: () => void): void {
    database.exec("BEGIN IMMEDIATE");
    try {
      body();
      database.exec("COMMIT");
    } catch (error) {
      // A full disk, or one that fails, has made SQLite roll back by itself.
      if (database.isTransaction) database.exec("ROLLBACK");
      throw catalogueError(error);
    }
  }

  return {
    /** The newest first. */
    list: (): SavedSnapshot[] => list.all() as unknown as SavedSnapshot[],
    tree(hash: string): Tree {
      const text = treeTextOf(hash);
      return text === undefined ? EMPTY_TREE : parseTree(text);
    },
    /** As it is kept; undefined for one that is not here. */
    treeTextOf,
    /** A snapshot and those of its trees that are new, all or nothing. */
    add(snapshot: SavedSnapshot, trees: ReadonlyMap<string, Bytes>): void {
      transaction(() => {
        for (const [hash, text] of trees) addTree.run(hash, Buffer.from(text, "latin1"));
        const { id, takenAt, note, cause, files, bytes, tree } = snapshot;
        add.run(id, takenAt, note, cause, files, bytes, tree);
      });
    },
    /** Takes snapshots away, but not their trees: that takes next to no room. */
    remove(ids: readonly string[]): void {
      transaction(() => {
        const forget = database.prepare("DELETE FROM snapshots WHERE id = ?");
        for (const id of ids) forget.run(id);
      });
    },
    /** Drops the trees that are in no snapshot any more. */
    sweep(kept: ReadonlySet<string>): void {
      transaction(() => {
        const drop = database.prepare("DELETE FROM trees WHERE hash = ?");
        for (const { hash } of database.prepare("SELECT hash FROM trees").all())
          if (!kept.has(String(hash))) drop.run(String(hash));
      });
    },
    close: () => database.close(),
  };
}

export type Catalogue = ReturnType<typeof openCatalogue>;
