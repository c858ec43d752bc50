import type { Database } from "./database.ts";
import type { Entry } from "./entries.ts";

/** That a name was spelled anew, in another case only. */
export interface Recasing {
  readonly id: string;
  /** The spelling before. */
  readonly before: string;
  /** Where it happened among the account's changes. */
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The last change of case of each file and folder: for people only, since no cursor tells of these. */
export class Recasings {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Within a transaction. */
  add({ ns, id }: Entry, { before, seq, at }: Omit<Recasing, "id">): void {
    this.#database.run("INSERT OR REPLACE INTO recasings VALUES (?, ?, ?, ?, ?)", ns, id, before, seq, at);
  }

  /** Newest first. */
  latest(ns: number, since: number, limit: number): Recasing[] {
    return this.#database
      .all("SELECT * FROM recasings WHERE ns = ? AND seq > ? ORDER BY seq DESC LIMIT ?", ns, since, limit)
      .map((row) => ({
        id: String(row.id),
        before: String(row.before),
        seq: Number(row.seq),
        at: Number(row.at),
      }));
  }
}
