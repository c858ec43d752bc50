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
  readonly alone: boolean;
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

  /**
   * Does `work` in a transaction; what it throws undoes what it did, and nothing else. With `alone` it has a transaction of its
   * own: for work that sets savepoints itself, since inside another one each costs as much as all that was changed before.
   */
  run<T>(work: () => T, alone = false): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, alone, resolve: resolve as (value: never) => void, reject });
      if (this.#scheduled) return;
      this.#scheduled = true;
      // After the requests that arrived with this one have been read, so that they share the commit.
      setImmediate(() => this.#drain());
    });
  }

  #drain(): void {
    this.#scheduled = false;
    const [first] = this.#waiting;
    if (first !== undefined) {
      const next = this.#waiting.slice(0, GROUP_SIZE).findIndex((one) => one.alone);
      const size = next < 0 ? GROUP_SIZE : Math.max(1, next);
      const group = this.#waiting.splice(0, size);
      if (group.length === 1) this.#doAlone(first);
      else this.#doTogether(group);
    }
    this.#continue();
  }

  /** Nothing else is in the transaction: what is thrown undoes it all. */
  #doAlone(one: Waiting): void {
    let value: unknown;
    try {
      this.#database.run("BEGIN IMMEDIATE");
      value = one.work();
      this.#hooks.flush();
      this.#database.run("COMMIT");
    } catch (error) {
      this.#rollBack();
      this.#hooks.discard();
      one.reject(error);
      return;
    }
    this.#hooks.committed();
    one.resolve(value as never);
  }

  #doTogether(group: readonly Waiting[]): void {
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
      return;
    }
    this.#hooks.committed();
    for (const settle of outcomes) settle();
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
