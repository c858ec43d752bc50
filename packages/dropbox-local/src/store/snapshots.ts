import { randomBytes } from "node:crypto";
import { link, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { DropboxLocalError } from "../errors.ts";
import { bringFileUp, type Database } from "./database.ts";
import { type PackFolder, referredPacks, syncPath } from "./pack-files.ts";

/** One saved state of all accounts, apps and links. */
export interface Snapshot {
  readonly name: string;
  /** Milliseconds since 1970, by the machine's clock. */
  readonly saved: number;
}

const DATABASE = "dropbox.sqlite";
const PACKS = "packs";
/** What is being made or removed: swept at the next start. */
const UNFINISHED = ".unfinished-";

/**
 * Saved states, each a folder with a copy of the database and links to the pack files that it refers to: those never change, so
 * they cost no space of their own. One is put in place whole by a rename, and put back within one transaction.
 */
export class Snapshots {
  readonly #folder: string;
  readonly #database: Database;
  readonly #packs: PackFolder;

  private constructor(folder: string, database: Database, packs: PackFolder) {
    this.#folder = folder;
    this.#database = database;
    this.#packs = packs;
  }

  static async open(folder: string, database: Database, packs: PackFolder): Promise<Snapshots> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(folder))
      if (name.startsWith(UNFINISHED)) await rm(join(folder, name), { recursive: true, force: true });
    return new Snapshots(folder, database, packs);
  }

  /** Oldest first. */
  async list(): Promise<Snapshot[]> {
    const names = (await readdir(this.#folder)).filter((name) => !name.startsWith(UNFINISHED));
    const saved = await Promise.all(
      names.map(async (name) => ({ name, saved: (await stat(join(this.#folder, name, DATABASE))).mtimeMs })),
    );
    return saved.sort((a, b) => a.saved - b.saved);
  }

  /** Saves the state as it is now under a name; one of that name is replaced. @throws DropboxLocalError `bad-argument` */
  async save(name: string): Promise<void> {
    const target = this.#pathOf(name);
    const made = this.#unfinished();
    await mkdir(join(made, PACKS), { recursive: true, mode: 0o700 });
    try {
      const file = join(made, DATABASE);
      // In one step of this process, so between commits; a pack that is referred to is not removed while it runs.
      this.#database.run("VACUUM INTO ?", file);
      const packs = referredPacks(this.#database);
      for (const pack of packs) await link(this.#packs.pathOf(pack), join(made, PACKS, pack));
      for (const path of [file, join(made, PACKS), made]) await syncPath(path);
      const old = this.#unfinished();
      const replaced = await rename(target, old).then(
        () => true,
        () => false,
      );
      await rename(made, target);
      await syncPath(this.#folder);
      if (replaced) await rm(old, { recursive: true });
    } catch (error) {
      await rm(made, { recursive: true, force: true });
      throw error;
    }
  }

  /**
   * Makes the state what it was when it was saved, in one transaction, and calls `done` in the same step. An account's
   * counters go on from where they are, so that no id or rev is given twice, and every cursor is reset.
   * @throws DropboxLocalError `bad-argument`, `data-newer`
   */
  async putBack(name: string, done: () => void): Promise<void> {
    const source = this.#pathOf(name);
    const packs = await readdir(join(source, PACKS)).catch(() => null);
    if (packs === null) throw new DropboxLocalError("bad-argument", `There is no snapshot called ${name}.`);
    await this.#packs.adopt(join(source, PACKS), packs);
    const file = join(source, DATABASE);
    bringFileUp(file);
    replaceAll(this.#database, file);
    done();
  }

  /** @throws DropboxLocalError `bad-argument` */
  async remove(name: string): Promise<void> {
    const old = this.#unfinished();
    await rename(this.#pathOf(name), old).catch((error) => {
      throw new DropboxLocalError("bad-argument", `There is no snapshot called ${name}.`, error);
    });
    await rm(old, { recursive: true });
  }

  #pathOf(name: string): string {
    if (!/^[\w-][\w.-]{0,63}$/.test(name))
      throw new DropboxLocalError(
        "bad-argument",
        `A snapshot can't be called "${name}": a name has 1 to 64 letters, digits, "_", "-" and, not first, ".".`,
      );
    return join(this.#folder, name);
  }

  #unfinished(): string {
    return join(this.#folder, UNFINISHED + randomBytes(8).toString("hex"));
  }
}

/** Puts all that another database of this version holds in place of what this one does; its secret stays. */
function replaceAll(database: Database, file: string): void {
  database.run("ATTACH ? AS saved", file);
  try {
    database.run("BEGIN IMMEDIATE");
    try {
      database.run("CREATE TEMP TABLE counters AS SELECT ns, next_id, stamp, seq FROM main.accounts");
      const epoch = newEpoch(database);
      keepAccessTokens(database);
      const tables = database.all(
        `SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
         AND name NOT IN ('meta', 'access_tokens')`,
      );
      for (const { name } of tables) {
        database.run(`DELETE FROM main.${name}`);
        database.run(`INSERT INTO main.${name} SELECT * FROM saved.${name}`);
      }
      database.run(
        `UPDATE main.accounts SET next_id = max(accounts.next_id, counters.next_id),
         stamp = max(accounts.stamp, counters.stamp), seq = max(accounts.seq, counters.seq)
         FROM counters WHERE counters.ns = accounts.ns`,
      );
      database.run("UPDATE main.accounts SET epoch = ?", epoch);
      database.run("DROP TABLE temp.counters");
      database.run("COMMIT");
    } catch (error) {
      database.run("ROLLBACK");
      throw error;
    }
  } finally {
    database.run("DETACH saved");
  }
}

/**
 * The access tokens of grants that the saved state has too stay good, beside its own: a client goes on with the one it has. A
 * grant is told by more than its number, which may have been given to another one since.
 */
function keepAccessTokens(database: Database): void {
  database.run(
    `DELETE FROM main.access_tokens WHERE grant_id NOT IN (
       SELECT live.id FROM main.grants AS live JOIN saved.grants AS old
       ON old.id = live.id AND old.ns = live.ns AND old.app = live.app
       AND old.created = live.created AND old.refresh_hash IS live.refresh_hash)`,
  );
  database.run("INSERT OR REPLACE INTO main.access_tokens SELECT * FROM saved.access_tokens");
}

/** Larger than any that a cursor was given in: also those of accounts that are in one of the two states only. */
function newEpoch(database: Database): number {
  const row = database.get(
    `SELECT max(epoch) + 1 AS epoch FROM (
       SELECT epoch FROM main.accounts UNION ALL SELECT epoch FROM saved.accounts
       UNION ALL SELECT value FROM main.meta WHERE name = 'epoch' UNION ALL SELECT 0)`,
  );
  const epoch = Number(row?.epoch);
  database.run("INSERT OR REPLACE INTO main.meta VALUES ('epoch', ?)", epoch);
  return epoch;
}
