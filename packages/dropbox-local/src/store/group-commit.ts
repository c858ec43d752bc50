import type { Database } from "./database.ts";

/** What is kept in memory beside the database, and must follow it. */
export interface CommitHooks {
  /** Writes to the database what the work just done has changed in memory. */
  flush(): void;
  /** Forgets what is in memory: the work was undone, the database has the truth. */
  discard(): void;
  /** All is on disk: tell those who wait for changes. */
  committed(): void;
}

interface Waiting {
  work(): unknown;
  resolve(value: never): void;
  reject(error: unknown): void;
}

/** The most pieces of work that share one commit, so that none of them waits long. */
const GROUP_SIZE = 256;

/**
 * Runs writes in transactions. All that are waiting when one begins share it, and so share its one fsync: with many
 * uploads at once, that is what makes durable writes fast. A result is given out only after the commit is on disk.
 */
export class GroupCommit {
  readonly #database: Database;
  readonly #waiting: Waiting[] = [];
  readonly #hooks: CommitHooks;
  #scheduled = false;

  constructor(database: Database, hooks: CommitHooks) {
    this.#database = database;
    this.#hooks = hooks;
  }

  /** Does `work` in a transaction; what it throws undoes what it did, and nothing else. */
  run<T>(work: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, resolve: resolve as (value: never) => void, reject });
      if (this.#scheduled) return;
      this.#scheduled = true;
      // After the requests that arrived with this one have been read, so that they share the commit.
      setImmediate(() => this.#drain());
    });
  }

  #drain(): void {
    this.#scheduled = false;
    const group = this.#waiting.splice(0, GROUP_SIZE);
    const outcomes: (() => void)[] = [];
    try {
      this.#database.run("BEGIN IMMEDIATE");
      for (const one of group) outcomes.push(this.#attempt(one));
      this.#database.run("COMMIT");
    } catch (error) {
      // The disk is full or broken: nobody's work counts.
      this.#rollBack();
      this.#hooks.discard();
      for (const one of group) one.reject(error);
      this.#continue();
      return;
    }
    this.#hooks.committed();
    for (const settle of outcomes) settle();
    this.#continue();
  }

  #attempt(one: Waiting): () => void {
    this.#database.run("SAVEPOINT one");
    try {
      const value = one.work();
      this.#hooks.flush();
      this.#database.run("RELEASE one");
      return () => one.resolve(value as never);
    } catch (error) {
      this.#hooks.discard();
      this.#database.run("ROLLBACK TO one");
      this.#database.run("RELEASE one");
      return () => one.reject(error);
    }
  }

  #rollBack(): void {
    try {
      this.#database.run("ROLLBACK");
    } catch {
      // SQLite has rolled back by itself; there is nothing left to undo.
    }
  }

  #continue(): void {
    if (this.#waiting.length === 0 || this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#drain());
  }
}
