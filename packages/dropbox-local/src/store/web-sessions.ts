import { hash, randomBytes } from "node:crypto";
import type { Database } from "./database.ts";

/** A browser in which somebody has logged in. */
export interface WebSession {
  readonly ns: number;
  /** Must come with every form, so that no other site can send one in the user's name. */
  readonly formToken: string;
}

const LIFETIME = 30 * 24 * 3600 * 1000;

/** Who is logged in where. Writes are to be called within a transaction. */
export class WebSessions {
  readonly #database: Database;
  readonly #now: () => number;

  constructor(database: Database, now: () => number) {
    this.#database = database;
    this.#now = now;
  }

  /** @returns the cookie's value */
  create(ns: number): string {
    const secret = randomBytes(32).toString("base64url");
    this.#database.run("DELETE FROM web_sessions WHERE expires < ?", this.#now());
    this.#database.run(
      "INSERT INTO web_sessions VALUES (?, ?, ?, ?)",
      hash("sha256", secret, "hex"),
      ns,
      randomBytes(18).toString("base64url"),
      this.#now() + LIFETIME,
    );
    return secret;
  }

  find(secret: string): WebSession | undefined {
    const row = this.#database.get(
      "SELECT ns, form_token FROM web_sessions WHERE hash = ? AND expires > ?",
      hash("sha256", secret, "hex"),
      this.#now(),
    );
    return row === undefined ? undefined : { ns: Number(row.ns), formToken: String(row.form_token) };
  }

  remove(secret: string): void {
    this.#database.run("DELETE FROM web_sessions WHERE hash = ?", hash("sha256", secret, "hex"));
  }
}
