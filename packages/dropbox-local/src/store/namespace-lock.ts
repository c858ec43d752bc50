import { setTimeout as sleep } from "node:timers/promises";
import type { Conditions } from "../conditions.ts";

/** Thrown when the account's lock could not be had in time: Dropbox's `too_many_write_operations`. */
export class LockContention extends Error {
  override readonly name = "LockContention";
}

interface Lock {
  held: boolean;
  readonly waiting: (() => void)[];
}

/**
 * One writer at a time commits to an account, and holds its lock for a while (Dropbox's performance guide). With nothing to
 * hold it for, there is no lock: writes are ordered by the database.
 */
export class NamespaceLocks {
  readonly #conditions: Readonly<Pick<Conditions, "commitMs" | "lockWaitMs">>;
  readonly #locks = new Map<number, Lock>();

  constructor(conditions: Readonly<Pick<Conditions, "commitMs" | "lockWaitMs">>) {
    this.#conditions = conditions;
  }

  /** @throws LockContention */
  async hold<T>(ns: number, work: () => Promise<T>): Promise<T> {
    const { commitMs } = this.#conditions;
    if (commitMs <= 0) return work();
    const lock = await this.#acquire(ns);
    const until = performance.now() + commitMs;
    try {
      return await work();
    } finally {
      const rest = until - performance.now();
      if (rest > 0) await sleep(rest);
      lock.held = false;
      lock.waiting.shift()?.();
    }
  }

  async #acquire(ns: number): Promise<Lock> {
    let lock = this.#locks.get(ns);
    if (lock === undefined) {
      lock = { held: false, waiting: [] };
      this.#locks.set(ns, lock);
    }
    const mine = lock;
    if (mine.held) await this.#wait(mine);
    mine.held = true;
    return mine;
  }

  #wait(lock: Lock): Promise<void> {
    return new Promise((resolve, reject) => {
      const turn = () => {
        clearTimeout(timer);
        // Taken in the same step in which it was given up, so that nobody comes between.
        lock.held = true;
        resolve();
      };
      const timer = setTimeout(() => {
        lock.waiting.splice(lock.waiting.indexOf(turn), 1);
        reject(new LockContention("too many write operations"));
      }, this.#conditions.lockWaitMs);
      lock.waiting.push(turn);
    });
  }
}
