import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from "node:sqlite";

/**
 * One row: the values of its columns. The objects that SQLite would give are dictionaries to V8, slow to make, slow to read
 * ever after, and large.
 */
export type Values = readonly SQLOutputValue[];

/** A statement of SQL, prepared once, at its first use. */
export class Statement {
  readonly #database: DatabaseSync;
  readonly #sql: string;
  #prepared: StatementSync | undefined;

  constructor(database: DatabaseSync, sql: string) {
    this.#database = database;
    this.#sql = sql;
  }

  run(...values: SQLInputValue[]): void {
    this.#statement().run(...values);
  }

  /** The first row, if there is any. */
  one(...values: SQLInputValue[]): Values | undefined {
    return this.#statement().get(...values) as Values | undefined;
  }

  all(...values: SQLInputValue[]): Values[] {
    return this.#statement().all(...values) as unknown as Values[];
  }

  #statement(): StatementSync {
    if (this.#prepared !== undefined) return this.#prepared;
    const prepared = this.#database.prepare(this.#sql);
    prepared.setReturnArrays(true);
    this.#prepared = prepared;
    return prepared;
  }
}
