import { randomBytes } from "node:crypto";
import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from "node:sqlite";
import { DropboxLocalError } from "../errors.ts";
import { SCHEMA_STEPS } from "./schema.ts";

export type Row = Record<string, SQLOutputValue>;

/** One open data folder's database: prepared statements by their text, and a secret that lives as long as the folder. */
export interface Database {
  /** Signs what is handed out and comes back: cursors. */
  readonly secret: Uint8Array;
  run(sql: string, ...values: SQLInputValue[]): void;
  get(sql: string, ...values: SQLInputValue[]): Row | undefined;
  all(sql: string, ...values: SQLInputValue[]): Row[];
  iterate(sql: string, ...values: SQLInputValue[]): Iterable<Row>;
  close(): void;
}

/**
 * Opens the folder's database, made if missing. Every commit is durable (WAL, synchronous=FULL), and the lock keeps a second
 * process out until this one ends, however it ends.
 * @throws DropboxLocalError `data-newer`, `data-in-use`, `data-unreadable`
 */
export function openDatabase(folder: string): Database {
  let database: DatabaseSync | undefined;
  try {
    makeFolder(folder);
    const file = join(folder, "dropbox.sqlite");
    makePrivate(file);
    database = new DatabaseSync(file, { timeout: 0 });
    database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
    database.exec("PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000; PRAGMA temp_store = MEMORY;");
    const version = knownVersion(database, `The data folder ${folder}`);
    if (version < SCHEMA_STEPS.length) bringUp(database, version);
    return wrap(database);
  } catch (error) {
    database?.close();
    throw asDropboxLocalError(error, folder);
  }
}

/** With the folders above it. Node's own recursive `mkdirSync` never returns where nothing can be made, such as in /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  if (!existsSync(dirname(folder))) makeFolder(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}

/** Readable for its owner only, even where the folder was there already: SQLite gives its other files the mode of the first. */
function makePrivate(file: string): void {
  closeSync(openSync(file, "a", 0o600));
  for (const suffix of ["", "-wal"]) if (existsSync(file + suffix)) chmodSync(file + suffix, 0o600);
}

/** Makes the tables that this version has and the folder's does not. */
function bringUp(database: DatabaseSync, version: number): void {
  database.exec(`BEGIN IMMEDIATE; ${SCHEMA_STEPS.slice(version).join("")}`);
  if (version === 0) database.prepare("INSERT INTO meta VALUES ('secret', ?)").run(randomBytes(32));
  database.exec(`PRAGMA user_version = ${SCHEMA_STEPS.length}; COMMIT;`);
}

/**
 * Gives another folder's database, or a saved one, the tables that this version has and it lacks.
 * @throws DropboxLocalError `data-newer`
 */
export function bringFileUp(file: string): void {
  const database = new DatabaseSync(file);
  try {
    const version = knownVersion(database, file);
    if (version < SCHEMA_STEPS.length) bringUp(database, version);
  } finally {
    database.close();
  }
}

/** @throws DropboxLocalError `data-newer` */
function knownVersion(database: DatabaseSync, where: string): number {
  const version = Number(database.prepare("PRAGMA user_version").get()?.user_version);
  if (version > SCHEMA_STEPS.length)
    throw new DropboxLocalError(
      "data-newer",
      `${where} was written by a newer version of the local Dropbox (${version}, this one knows ${SCHEMA_STEPS.length}): use that version, or another.`,
    );
  return version;
}

function wrap(database: DatabaseSync): Database {
  const statements = new Map<string, StatementSync>();
  const prepare = (sql: string) => {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = database.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  };
  const secret = database.prepare("SELECT value FROM meta WHERE name = 'secret'").get()?.value;
  if (!(secret instanceof Uint8Array)) throw new Error("the database has no secret");
  return {
    secret,
    run: (sql, ...values) => void prepare(sql).run(...values),
    get: (sql, ...values) => prepare(sql).get(...values),
    all: (sql, ...values) => prepare(sql).all(...values),
    // A statement that is being stepped through can't be shared: each walk gets its own.
    iterate: (sql, ...values) => database.prepare(sql).iterate(...values),
    close: () => database.close(),
  };
}

function asDropboxLocalError(error: unknown, folder: string): DropboxLocalError {
  if (error instanceof DropboxLocalError) return error;
  const text = error instanceof Error ? error.message : String(error);
  if (/database is locked/.test(text))
    return new DropboxLocalError(
      "data-in-use",
      `Another local Dropbox is using the data folder ${folder}: stop it, or choose another folder.`,
      error,
    );
  return new DropboxLocalError("data-unreadable", `The data folder ${folder} can't be used: ${text}.`, error);
}
