import { randomBytes } from "node:crypto";
import { nameKey } from "@twinfold/dropbox-rules";
import type { Database, Row } from "./database.ts";

/** What an app may see: its own folder under `/Apps`, or the whole account. */
export type AppAccess = "app-folder" | "full";

export interface App {
  readonly key: string;
  readonly secret: string;
  readonly name: string;
  readonly access: AppAccess;
  /** What its users may be asked for. */
  readonly scopes: readonly string[];
}

/** The registered apps. Writes are to be called within a transaction. */
export class Apps {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  byKey(key: string): App | undefined {
    const row = this.#database.get("SELECT * FROM apps WHERE key = ?", key);
    return row === undefined ? undefined : appOf(row);
  }

  /** The app with this name but for case and Unicode form, as all names are compared: two such would share a folder. */
  byName(name: string): App | undefined {
    const row = this.#database.all("SELECT * FROM apps").find((one) => nameKey(String(one.name)) === nameKey(name));
    return row === undefined ? undefined : appOf(row);
  }

  create(app: {
    name: string;
    access: AppAccess;
    scopes: readonly string[];
    now: number;
    key?: string | undefined;
    secret?: string | undefined;
  }): App {
    const created: App = {
      key: app.key ?? randomWord(),
      secret: app.secret ?? randomWord(),
      name: app.name,
      access: app.access,
      scopes: app.scopes,
    };
    this.#database.run(
      "INSERT INTO apps VALUES (?, ?, ?, ?, ?, ?)",
      created.key,
      created.secret,
      created.name,
      created.access,
      created.scopes.join(" "),
      app.now,
    );
    return created;
  }

  /** The secret before it is good for nothing from now on. */
  drawNewSecret(key: string): void {
    this.#database.run("UPDATE apps SET secret = ? WHERE key = ?", randomWord(), key);
  }

  remove(key: string): void {
    this.#database.run("DELETE FROM redirect_addresses WHERE app = ?", key);
    this.#database.run("DELETE FROM developers WHERE app = ?", key);
    this.#database.run("DELETE FROM apps WHERE key = ?", key);
  }

  /** The apps whose developer an account is, by name. */
  developedBy(ns: number): App[] {
    return this.#database
      .all("SELECT apps.* FROM apps JOIN developers ON app = key WHERE ns = ? ORDER BY name", ns)
      .map(appOf);
  }

  addDeveloper(key: string, ns: number): void {
    this.#database.run("INSERT OR IGNORE INTO developers VALUES (?, ?)", key, ns);
  }

  redirectAddresses(key: string): string[] {
    return this.#database
      .all("SELECT address FROM redirect_addresses WHERE app = ? ORDER BY address", key)
      .map((row) => String(row.address));
  }

  setRedirectAddresses(key: string, addresses: readonly string[]): void {
    this.#database.run("DELETE FROM redirect_addresses WHERE app = ?", key);
    for (const address of addresses) this.addRedirectAddress(key, address);
  }

  addRedirectAddress(key: string, address: string): void {
    // An app that was deleted meanwhile gets none.
    this.#database.run("INSERT OR IGNORE INTO redirect_addresses SELECT key, ? FROM apps WHERE key = ?", address, key);
  }

  removeRedirectAddress(key: string, address: string): void {
    this.#database.run("DELETE FROM redirect_addresses WHERE app = ? AND address = ?", key, address);
  }
}

/** App keys and secrets are 15 letters and digits at Dropbox. */
function randomWord(): string {
  const letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  return Array.from(randomBytes(15), (byte) => letters[byte % letters.length]).join("");
}

function appOf(row: Row): App {
  return {
    key: String(row.key),
    secret: String(row.secret),
    name: String(row.name),
    access: row.access === "full" ? "full" : "app-folder",
    scopes: String(row.scopes).split(" "),
  };
}
