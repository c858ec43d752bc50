import { DatabaseSync } from "node:sqlite";
import type { LocalNode, NodeId, RemoteNode, Store, SyncedNode, TreeReader, TreeWriter } from "@twinfold/engine";
import { ReadNodes } from "./read-nodes.ts";
import { type Refusal, refusalOf } from "./refusal.ts";
import { LOCAL, REMOTE, type Rows, SYNCED } from "./rows.ts";
import { CHANGED, MIGRATIONS, SCHEMA, SCHEMA_VERSION } from "./schema.ts";
import { Statement, type Values } from "./statement.ts";

export class StoreError extends Error {
  override readonly name = "StoreError";
  /**
   * `newer`: written by a newer Twinfold, untouched. `corrupt`: not to be read; move it aside and start afresh. Else it can't be
   * opened just now, and is as good as before.
   */
  readonly code: "newer" | "corrupt" | Refusal;
  constructor(code: StoreError["code"], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** Pages, of 4 KiB, in the write-ahead log before they are put into the database. */
const CHECKPOINT_AFTER = 4_000;

/** What is there to be free, in bytes, before an engine begins anew: with less it would end at its first changes. */
const ROOM = 256 * 1024;

export interface DurableStore extends Store {
  /** Makes it ready for another engine, once a refusal has ended the last one. @throws while it is still refused */
  renew(): void;
}

/** One table as a tree. */
class Table<N extends LocalNode | RemoteNode | SyncedNode> implements TreeReader<N>, TreeWriter<N> {
  readonly #rows: Rows<N>;
  readonly #changed: Set<NodeId>;
  readonly #known = new ReadNodes<N>();
  readonly #get: Statement;
  readonly #children: Statement;
  readonly #childrenByKey: Statement;
  readonly #byIdentity: Statement;
  readonly #byRemoteId: Statement;
  readonly #byHash: Statement;
  readonly #put: Statement;
  readonly #below: Statement;
  readonly #remove: Statement;
  readonly #countFiles: Statement;
  readonly #reidentify: Statement;

  constructor(database: DatabaseSync, rows: Rows<N>, changed: Set<NodeId>) {
    this.#rows = rows;
    this.#changed = changed;
    const { table, columns } = rows;
    const prepared = (sql: string) => new Statement(database, sql);
    const select = (what: string, where: string) => prepared(`SELECT ${what} FROM ${table} WHERE ${where}`);
    this.#get = select(columns.join(", "), "id = ?");
    this.#children = select(columns.join(", "), "parent = ? ORDER BY key, name");
    // An index tells who it is; what is asked for is known already, as a rule.
    this.#childrenByKey = select("id", "parent = ? AND key = ? ORDER BY id");
    this.#byIdentity = select("id", "identity = ? ORDER BY id");
    this.#byRemoteId = select("id", "remote_id = ? ORDER BY id");
    this.#byHash = select("id", "hash = ? LIMIT ?");
    // An upsert, not REPLACE: REPLACE would delete the row first, and its children with it.
    this.#put = prepared(
      `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})
       ON CONFLICT (id) DO UPDATE SET ${columns
         .slice(1)
         .map((column) => `${column} = excluded.${column}`)
         .join(", ")}`,
    );
    this.#below = prepared(
      `WITH RECURSIVE below(id) AS (SELECT ? UNION ALL SELECT t.id FROM ${table} t JOIN below ON t.parent = below.id)
       SELECT id FROM below`,
    );
    this.#remove = prepared(`DELETE FROM ${table} WHERE id = ?`);
    this.#countFiles = prepared(`SELECT count(*) FROM ${table} WHERE kind = 'file'`);
    this.#reidentify = prepared(`UPDATE ${table} SET id = ? WHERE id = ?`);
  }

  #nodes(ids: readonly Values[]): N[] {
    const nodes: N[] = [];
    for (const [id] of ids) {
      const node = this.get(id as NodeId);
      if (node !== undefined) nodes.push(node);
    }
    return nodes;
  }

  get(id: NodeId): N | undefined {
    return this.#known.get(id, () => {
      const values = this.#get.one(id);
      return values === undefined ? undefined : this.#rows.node(values);
    });
  }

  children(id: NodeId): readonly N[] {
    return this.#children.all(id).map((values) => this.#rows.node(values));
  }

  childrenByKey(parent: NodeId, key: string): readonly N[] {
    return this.#nodes(this.#childrenByKey.all(parent, key));
  }

  byIdentity(identity: string): readonly N[] {
    return this.#nodes(this.#byIdentity.all(identity));
  }

  byHash(hash: string, most: number): readonly N[] {
    return this.#nodes(this.#byHash.all(hash, most));
  }

  byRemoteId(remoteId: string): N | undefined {
    return this.#nodes(this.#byRemoteId.all(remoteId))[0];
  }

  put(node: N): void {
    this.#put.run(...this.#rows.values(node));
    this.#known.forget(node.id);
    this.#changed.add(node.id);
  }

  remove(id: NodeId): void {
    for (const [below] of this.#below.all(id)) {
      this.#known.forget(below as NodeId);
      this.#changed.add(below as NodeId);
    }
    this.#remove.run(id);
  }

  countFiles(): number {
    return this.#countFiles.one()?.[0] as number;
  }

  reidentify(from: NodeId, to: NodeId): void {
    this.#reidentify.run(to, from);
    for (const id of [from, to, ...this.children(to).map((child) => child.id)]) {
      this.#known.forget(id);
      this.#changed.add(id);
    }
  }

  /** What was written since may be gone again. */
  forgetRead(): void {
    this.#known.forgetAll();
  }
}

/**
 * Opens the store, making it if there is none; `:memory:` keeps it in memory.
 * @throws StoreError
 */
export function openStore(file: string): DurableStore {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file);
    // Out of order is never possible; the last moments before a power cut may be missing, and are observed again.
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON");
    // Each checkpoint waits for the disk: in a first sync, with SQLite's own 1,000 pages, after every hundred files.
    database.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_AFTER}`);
    const version = Number(database.prepare("PRAGMA user_version").get()?.user_version ?? 0);
    if (version > SCHEMA_VERSION) {
      throw new StoreError(
        "newer",
        `${file} was written by a newer Twinfold (its format is ${version}, this one reads ${SCHEMA_VERSION})`,
      );
    }
    if (version === 0) database.exec(`BEGIN; ${SCHEMA}; PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
    else
      for (let at = version; at < SCHEMA_VERSION; at++)
        database.exec(`BEGIN; ${MIGRATIONS[at]} PRAGMA user_version = ${at + 1}; COMMIT`);
    const check = database.prepare("PRAGMA quick_check(1)").get();
    if (check !== undefined && Object.values(check)[0] !== "ok") throw new Error(String(Object.values(check)[0]));
  } catch (error) {
    database?.close();
    if (error instanceof StoreError) throw error;
    const code = refusalOf(error) ?? "corrupt";
    const what = code === "corrupt" ? "can't be read" : "can't be used now";
    throw new StoreError(code, `${file} ${what}: ${error instanceof Error ? error.message : error}`, error);
  }
  return storeIn(database);
}

function storeIn(database: DatabaseSync): DurableStore {
  const changed = new Set<NodeId>();
  const local = new Table(database, LOCAL, changed);
  const remote = new Table(database, REMOTE, changed);
  const synced = new Table(database, SYNCED, changed);
  const readMetaRow = database.prepare("SELECT value FROM meta WHERE key = ?");
  const readMeta = (key: string) => (readMetaRow.get(key)?.value as string | undefined) ?? null;
  const writeMetaRow = database.prepare(
    "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
  );
  const removeMetaRow = database.prepare("DELETE FROM meta WHERE key = ?");
  const writeMeta = (key: string, value: string | null) => {
    if (value === null) removeMetaRow.run(key);
    else writeMetaRow.run(key, value);
  };

  const findChanged = () => {
    for (const row of database.prepare(CHANGED).all()) changed.add(row.id as NodeId);
  };
  findChanged();

  let nextId = Number(readMeta("nextId") ?? 2);
  let reserved = nextId;
  let depth = 0;
  return {
    local,
    remote,
    synced,
    changed,
    newId() {
      // Reserved by the thousand, so that a number is never given twice even if the process ends in between.
      if (nextId >= reserved) {
        writeMeta("nextId", String(nextId + 1000));
        reserved = nextId + 1000;
      }
      return nextId++ as NodeId;
    },
    reidentify(tree, from, to) {
      (tree === "local" ? local : remote).reidentify(from, to);
    },
    transaction(body) {
      if (depth > 0) return body();
      database.exec("BEGIN");
      depth++;
      try {
        const result = body();
        database.exec("COMMIT");
        return result;
      } catch (error) {
        // A full disk, or one that fails, has made SQLite roll back by itself.
        if (database.isTransaction) database.exec("ROLLBACK");
        for (const table of [local, remote, synced]) table.forgetRead();
        // What was reserved or marked inside may be gone again: reserve anew, and let marks stand (they only cost a look).
        reserved = nextId;
        throw error;
      } finally {
        depth--;
      }
    },
    readMeta,
    writeMeta,
    renew() {
      writeMeta("room", " ".repeat(ROOM));
      writeMeta("room", null);
      for (const table of [local, remote, synced]) table.forgetRead();
      // What the engine that ended had under way it no longer counted among them.
      findChanged();
    },
    close() {
      database.close();
    },
  };
}
