import type { Database, Row } from "./database.ts";

/** An address of an app's that is told when files of its users change. */
export interface Webhook {
  readonly id: number;
  readonly app: string;
  readonly uri: string;
  /** One that fails for long is no longer called, until its developer enables it again. */
  readonly enabled: boolean;
  /** Notifications that were given up, after all their attempts, since the last one that was accepted. */
  readonly givenUp: number;
  /** Why the last attempt failed; null when it did not. */
  readonly failure: string | null;
  /** When a notification was last accepted, in milliseconds since 1970; null for never. */
  readonly accepted: number | null;
}

/**
 * The registered webhooks, and up to where in each account's log each was told: who is to be told of what follows from these,
 * so that a crash loses no notification. Writes are to be called within a transaction.
 */
export class Webhooks {
  readonly #database: Database;
  readonly #now: () => number;

  constructor(database: Database, now: () => number) {
    this.#database = database;
    this.#now = now;
  }

  all(): Webhook[] {
    return this.#database.all("SELECT * FROM webhooks ORDER BY id").map(webhookOf);
  }

  ofApp(app: string): Webhook[] {
    return this.#database.all("SELECT * FROM webhooks WHERE app = ? ORDER BY id", app).map(webhookOf);
  }

  find(app: string, uri: string): Webhook | undefined {
    const row = this.#database.get("SELECT * FROM webhooks WHERE app = ? AND uri = ?", app, uri);
    return row === undefined ? undefined : webhookOf(row);
  }

  byId(id: number): Webhook | undefined {
    const row = this.#database.get("SELECT * FROM webhooks WHERE id = ?", id);
    return row === undefined ? undefined : webhookOf(row);
  }

  /** A new one, which has nothing to be told of what was before it; one that is there is enabled. */
  add(app: string, uri: string): void {
    const there = this.find(app, uri);
    if (there !== undefined) {
      this.#database.run("UPDATE webhooks SET enabled = 1, given_up = 0, failure = NULL WHERE id = ?", there.id);
      return;
    }
    const row = this.#database.get(
      "INSERT INTO webhooks (app, uri, created, enabled, given_up) VALUES (?, ?, ?, 1, 0) RETURNING id",
      app,
      uri,
      this.#now(),
    );
    this.#database.run(
      `INSERT INTO webhook_marks SELECT ?, ns, seq FROM accounts
       WHERE ns IN (SELECT ns FROM grants WHERE app = ? AND revoked IS NULL)`,
      Number(row?.id),
      app,
    );
  }

  remove(id: number): void {
    this.#database.run("DELETE FROM webhook_marks WHERE webhook = ?", id);
    this.#database.run("DELETE FROM webhooks WHERE id = ?", id);
  }

  /** Up to where in an account's log a webhook was told. */
  mark(id: number, ns: number): number {
    const row = this.#database.get("SELECT seq FROM webhook_marks WHERE webhook = ? AND ns = ?", id, ns);
    return row === undefined ? 0 : Number(row.seq);
  }

  /** It was told of these accounts, up to these places of their logs. */
  accepted(id: number, told: ReadonlyMap<number, number>): void {
    if (this.byId(id) === undefined) return;
    for (const [ns, seq] of told)
      this.#database.run("INSERT OR REPLACE INTO webhook_marks VALUES (?, ?, ?)", id, ns, seq);
    this.#database.run("UPDATE webhooks SET given_up = 0, failure = NULL, accepted = ? WHERE id = ?", this.#now(), id);
  }

  failed(id: number, why: string): void {
    this.#database.run("UPDATE webhooks SET failure = ? WHERE id = ?", why, id);
  }

  /** A notification was given up; the webhook is disabled when that happened `limit` times with none accepted between. */
  gaveUp(id: number, limit: number): void {
    this.#database.run(
      "UPDATE webhooks SET given_up = given_up + 1, enabled = (given_up + 1 < ?) WHERE id = ?",
      limit,
      id,
    );
  }
}

function webhookOf(row: Row): Webhook {
  return {
    id: Number(row.id),
    app: String(row.app),
    uri: String(row.uri),
    enabled: row.enabled === 1,
    givenUp: Number(row.given_up),
    failure: typeof row.failure === "string" ? row.failure : null,
    accepted: typeof row.accepted === "number" ? row.accepted : null,
  };
}
