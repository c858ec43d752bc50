import { pathKey } from "@twinfold/dropbox-rules";
import { isWithin, type RelativePath } from "@twinfold/engine";
import { onceATree, textOf, type VisibleTree } from "./visible-tree.ts";

/**
 * What users wrote, and what they gave up since the last rest. A content is given up when a user overwrites or deletes it,
 * or one of several copies, on a side where she saw it; every other one must still be somewhere.
 */
export class Ledger {
  #written = new Set<string>();
  readonly #givenUp = new Set<string>();
  readonly #deletedPaths = new Set<string>();
  /**
   * The same before the last rest, and whether it counts: engines may know no more than was so then. What was written anew
   * since looks as it did before it was given up, to one that takes that for the present.
   */
  readonly #former = { givenUp: new Set<string>(), writtenAnew: new Set<string>(), deletedPaths: new Set<string>() };
  #isSetBack = false;
  #isUnnoticed = false;
  #hasExchanged = false;

  /** To be called with the trees of one side around one user's action there. */
  note(before: VisibleTree, after: VisibleTree): void {
    const [had, has] = [copiesOf(before), copiesOf(after)];
    for (const [content, copies] of has) {
      this.#written.add(content);
      // Written anew, it is not what was given up then.
      if ((had.get(content) ?? 0) < copies && this.#former.givenUp.delete(content))
        this.#former.writtenAnew.add(content);
    }
    for (const [content, copies] of had) if ((has.get(content) ?? 0) < copies) this.#givenUp.add(content);
    // A folder that a file has taken the place of is deleted too.
    for (const [path, content] of before)
      if (!after.has(path) || (content === null && after.get(path) !== null)) this.#deletedPaths.add(pathKey(path));
  }

  /** All sides are one: what is somewhere is there to stay, and of what is gone everywhere nobody knows any more. */
  rest(sides: readonly VisibleTree[]): void {
    this.#written = new Set(sides.flatMap((side) => [...copiesOf(side).keys()]));
    for (const content of this.#givenUp) this.#former.givenUp.add(content);
    for (const path of this.#deletedPaths) this.#former.deletedPaths.add(path);
    // What is only on some sides is ignored there, or has left for where it is: what was done to it may be told later.
    const isEverywhere = (content: string) => sides.every((side) => copiesOf(side).has(content));
    for (const content of this.#givenUp)
      if (!this.#written.has(content) || isEverywhere(content)) this.#givenUp.delete(content);
    this.#deletedPaths.clear();
    this.#isSetBack = false;
    this.#isUnnoticed = false;
    this.#hasExchanged = false;
  }

  /** Engines may know no more than before the last rest: what was given up until then may go yet. */
  setBack(isUnnoticed: boolean): void {
    this.#isSetBack = true;
    this.#isUnnoticed ||= isUnnoticed;
  }

  /** Two names were exchanged: what is deleted under one of them may have the other in Dropbox still. */
  exchange(): void {
    this.#hasExchanged = true;
  }

  /** A content that is not finished, and so is nobody's loss. */
  forget(content: string): void {
    this.#written.delete(content);
  }

  /** Contents that are on no side although nobody gave them up. */
  missing(sides: readonly VisibleTree[]): string[] {
    const isThere = (content: string) => sides.some((side) => copiesOf(side).has(content));
    return [...this.#written].filter((content) => content !== "" && !isThere(content) && !this.#isGivenUp(content));
  }

  /** Whether a user deleted a folder above this path. */
  wasInDeleted(key: string): boolean {
    if (this.#hasExchanged && this.#deletedPaths.size > 0) return true;
    const former = this.#isSetBack ? this.#former.deletedPaths : [];
    for (const deleted of [...this.#deletedPaths, ...former])
      if (deleted !== key && isWithin(key as RelativePath, deleted as RelativePath)) return true;
    return false;
  }

  /**
   * Whether a user took away what had this path, and engines may have forgotten since that they had sent what came in its
   * place: that looks as if the file had been edited in Dropbox, and then moved on disk.
   */
  wasTakenAway(key: string): boolean {
    return this.#isSetBack && (this.#deletedPaths.has(key) || this.#former.deletedPaths.has(key));
  }

  #isGivenUp(content: string): boolean {
    const { givenUp, writtenAnew } = this.#former;
    return (
      this.#givenUp.has(content) ||
      (this.#isSetBack && givenUp.has(content)) ||
      (this.#isUnnoticed && writtenAnew.has(content))
    );
  }
}

/** Contents, and how many files have each. */
const copiesOf = onceATree((tree): ReadonlyMap<string, number> => {
  const found = new Map<string, number>();
  for (const content of tree.values()) {
    if (content === null) continue;
    const text = textOf(content);
    found.set(text, (found.get(text) ?? 0) + 1);
  }
  return found;
});
