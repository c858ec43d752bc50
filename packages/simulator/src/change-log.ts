import { pathKey } from "@twinfold/dropbox-rules";
import type { RelativePath } from "@twinfold/engine";
import type { SeededRandomness } from "./seeded-randomness.ts";

/** That something became of a path. What is there is for the account to say, when it is asked. */
export interface LoggedChange {
  readonly number: number;
  /** Lower-cased. */
  readonly key: string;
  /** As it was spelled last. */
  readonly path: RelativePath;
}

/** The last change of each path, in the order of those changes. */
export class ChangeLog {
  readonly #changes = new Map<string, LoggedChange>();
  /** For each path from which something went: the number of the last time. */
  readonly #went = new Map<string, number>();
  /** Numbers of changes between which and the next lies the middle of a move. */
  readonly #middles = new Set<number>();
  readonly #randomness: Pick<SeededRandomness, "chance"> | undefined;
  #last = 0;

  constructor(randomness?: Pick<SeededRandomness, "chance">) {
    this.#randomness = randomness;
  }

  /** The number of the last change. */
  get last(): number {
    return this.#last;
  }

  /** Those after a number, oldest first. */
  *since(number: number): Generator<LoggedChange> {
    for (const change of this.#changes.values()) if (change.number > number) yield change;
  }

  /** Whether what was at a path, by its key, went from there after a number; something else may be there again. */
  wentSince(key: string, number: number): boolean {
    return (this.#went.get(key) ?? 0) > number;
  }

  /** Whether after this change only the first half of a move is told: what went, and not yet what came. */
  isAmidMove(number: number): boolean {
    return this.#middles.has(number);
  }

  put(path: RelativePath): void {
    const key = pathKey(path);
    // Set anew at the end, so that the map's order is the numbers'.
    this.#changes.delete(key);
    this.#changes.set(key, { number: ++this.#last, key, path });
  }

  /**
   * @param paths an item and all that is below, parents first. A folder comes before what it held: whoever has read
   * only its own deletion misses nothing if a new folder of that name appears before the rest is read.
   */
  remove(paths: readonly RelativePath[]): void {
    const [top] = paths;
    if (top === undefined) return;
    const below = `${pathKey(top)}/`;
    const gone = [...this.#changes.values()].filter((change) => change.key.startsWith(below));
    for (const path of paths) {
      this.put(path);
      this.#went.set(pathKey(path), this.#last);
    }
    // What was deleted below at earlier times is told again too, for the same reason.
    const again = new Set(paths.map((path) => pathKey(path)));
    for (const change of gone) if (!again.has(change.key)) this.put(change.path);
  }

  /** The same items' paths before and after. */
  move(before: readonly RelativePath[], after: readonly RelativePath[]): void {
    const newFirst = this.#randomness?.chance(0.5) ?? false;
    if (newFirst) for (const path of after) this.put(path);
    this.remove(before);
    if (!newFirst) this.#middles.add(this.#last);
    if (!newFirst) for (const path of after) this.put(path);
  }
}
