import { randomBytes } from "node:crypto";
import type { Database } from "./database.ts";
import type { SessionOwner } from "./upload-sessions.ts";

export type JobKind = "delete" | "relocation" | "relocation-v1" | "create-folder" | "finish";

const LIFETIME = 24 * 3600 * 1000;

/**
 * Batches that were answered with a job id. The work is done by the time the id is handed out; what is kept is its result,
 * to be asked for. Writes are to be called within a transaction.
 */
export class Jobs {
  readonly #database: Database;
  readonly #now: () => number;

  constructor(database: Database, now: () => number) {
    this.#database = database;
    this.#now = now;
  }

  create(owner: SessionOwner, kind: JobKind, result: Readonly<Record<string, unknown>>): string {
    const id = `dbjid:AA${randomBytes(64).toString("base64url").slice(0, 84)}`;
    this.#database.run(
      "INSERT INTO jobs VALUES (?, ?, ?, ?, ?, ?)",
      id,
      owner.ns,
      owner.app,
      kind,
      JSON.stringify(result),
      this.#now(),
    );
    return id;
  }

  /** The job's result as JSON; undefined when this app of this account has no such job. */
  find(owner: SessionOwner, kind: JobKind, id: string): Readonly<Record<string, unknown>> | undefined {
    const row = this.#database.get(
      "SELECT result FROM jobs WHERE id = ? AND ns = ? AND app = ? AND kind = ?",
      id,
      owner.ns,
      owner.app,
      kind,
    );
    return row === undefined ? undefined : JSON.parse(String(row.result));
  }

  removeAllOf(app: string): void {
    this.#database.run("DELETE FROM jobs WHERE app = ?", app);
  }

  removeOld(): void {
    this.#database.run("DELETE FROM jobs WHERE created < ?", this.#now() - LIFETIME);
  }
}
