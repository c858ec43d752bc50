import { pathKey } from "@twinfold/dropbox-rules";
import { NOTHING_HASH } from "./contents.ts";
import { isWithin } from "./tree.ts";

/**
 * What users finished writing, and what they gave up. A content is owed until a user overwrites or deletes the last copy
 * that her disk showed. In Dropbox nothing is ever given up, because everything stays in its history; there only names are,
 * and a content may be found in the history of such a name alone.
 */
export class Ledger {
  readonly #owed = new Set<string>();
  readonly #kept = new Set<string>();
  readonly #names = new Set<string>();

  /** Somebody finished writing this. */
  owe(hash: string): void {
    if (hash === NOTHING_HASH || this.#kept.has(hash)) return;
    this.#owed.add(hash);
  }

  giveUp(hash: string): void {
    this.#owed.delete(hash);
  }

  /** Somebody deleted, overwrote or moved away what had this name. */
  giveUpName(path: string): void {
    this.#names.add(pathKey(path));
  }

  /** This content is in Dropbox's history for ever: it needs no second look. */
  keep(hash: string): void {
    this.#owed.delete(hash);
    this.#kept.add(hash);
  }

  owed(): ReadonlySet<string> {
    return this.#owed;
  }

  get keptInHistory(): number {
    return this.#kept.size;
  }

  /** Whether a user gave up this name, or a folder above it. */
  isGivenUp(key: string): boolean {
    if (this.#names.has(key)) return true;
    for (let at = key.lastIndexOf("/"); at > 0; at = key.lastIndexOf("/", at - 1)) {
      if (this.#names.has(key.slice(0, at))) return true;
    }
    return false;
  }

  /** To be called with what one disk showed just before and after one user's action there. */
  note(
    before: ReadonlyMap<string, string | null>,
    after: ReadonlyMap<string, string | null>,
    touched: readonly string[],
  ) {
    const still = new Set(after.values());
    for (const [path, hash] of before) {
      // What changed elsewhere at the same moment was not this user's doing.
      if (!touched.some((one) => isWithin(path, one))) continue;
      if (after.get(path) === hash && after.has(path)) continue;
      this.giveUpName(path);
      if (hash !== null && !still.has(hash)) this.giveUp(hash);
    }
  }
}
