import { randomBytes } from "node:crypto";
import type { Database, Row } from "./database.ts";

export interface Account {
  readonly ns: number;
  /** `dbid:…` */
  readonly id: string;
  readonly email: string;
  readonly name: string;
  /** As argon2 hashed it. */
  readonly password: string;
  readonly quota: number;
}

/** The people whose Dropboxes these are. Writes are to be called within a transaction. */
export class Accounts {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  byEmail(email: string): Account | undefined {
    return this.#one("SELECT * FROM accounts WHERE email = ?", email.toLowerCase());
  }

  byId(id: string): Account | undefined {
    return this.#one("SELECT * FROM accounts WHERE id = ?", id);
  }

  byNamespace(ns: number): Account | undefined {
    return this.#one("SELECT * FROM accounts WHERE ns = ?", ns);
  }

  /** A new account with its root folder. */
  create(account: { email: string; name: string; password: string; quota: number; now: number }): Account {
    const ns = this.#freeNamespace();
    const id = `dbid:AA${randomBytes(25).toString("base64url").slice(0, 33)}`;
    this.#database.run(
      "INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, 0, 0, 0, 0)",
      ns,
      id,
      account.email.toLowerCase(),
      account.name,
      account.password,
      account.quota,
      account.now,
      randomBytes(8),
    );
    this.#database.run(
      `INSERT INTO entries (ns, key, parent, folder, deleted, seq, display, id, stamp, size, client_modified, server_modified)
       VALUES (?, '', 0, 1, 0, 0, '', '', 0, 0, 0, 0)`,
      ns,
    );
    return {
      ns,
      id,
      email: account.email.toLowerCase(),
      name: account.name,
      password: account.password,
      quota: account.quota,
    };
  }

  rename(ns: number, name: string, password: string): void {
    this.#database.run("UPDATE accounts SET name = ?, password = ? WHERE ns = ?", name, password, ns);
  }

  /** Namespace ids are part of revs: eight hex digits. */
  #freeNamespace(): number {
    for (;;) {
      const ns = 0x10000000 + (randomBytes(4).readUInt32BE() % 0x6fffffff);
      if (this.byNamespace(ns) === undefined) return ns;
    }
  }

  #one(sql: string, value: string | number): Account | undefined {
    const row = this.#database.get(sql, value);
    return row === undefined ? undefined : accountOf(row);
  }
}

function accountOf(row: Row): Account {
  return {
    ns: Number(row.ns),
    id: String(row.id),
    email: String(row.email),
    name: String(row.name),
    password: String(row.password),
    quota: Number(row.quota),
  };
}
