import { pathKey } from "@twinfold/dropbox-rules";
import { isWithin, type RelativePath } from "@twinfold/engine";
import type { Side } from "./side.ts";
import { onceATree, textOf, type VisibleTree } from "./visible-tree.ts";

/**
 * Watches that engines take nothing from a side unless a user did something to it: moved, overwrote or deleted that
 * content, or what was at its path or above, on whichever side. What is not seen for a while must not go and come back.
 */
export class Bystanders {
  /** Each side's contents, with the keys of their paths, as users left them. */
  #before: readonly ReadonlyMap<string, readonly string[]>[] = [];
  readonly #touchedKeys = new Set<string>();
  readonly #touchedContents = new Set<string>();
  /** Touched before the last rest. */
  readonly #formerKeys = new Set<string>();

  /** A user has just acted on one side. */
  act(before: VisibleTree, after: VisibleTree): void {
    for (const [path, content] of before) {
      if (after.get(path) === content) continue;
      this.#touchedKeys.add(pathKey(path));
      if (content !== null) this.#touchedContents.add(textOf(content));
    }
  }

  /** From now on only engines act. */
  look(sides: readonly Side[]): void {
    this.#before = sides.map(({ tree }) => contentsOf(tree));
  }

  /** Users are about to act. @returns what engines did wrong meanwhile */
  check(sides: readonly Side[]): string[] {
    const wrong: string[] = [];
    sides.forEach(({ name, tree, wentUnseen }, side) => {
      const after = contentsOf(tree);
      for (const [content, keys] of this.#before[side] ?? []) {
        if (after.has(content) || this.#touchedContents.has(content)) continue;
        if (keys.some((key) => this.#isTouched(key)) || wentUnseen(content)) continue;
        wrong.push(`"${content}" at ${keys.join(", ")} was taken from ${name}, and nobody had done anything to it`);
      }
    });
    return wrong;
  }

  /** All sides are one but for what is ignored: nothing else that was done is still on its way. */
  rest(sides: readonly Side[]): void {
    // What a user has moved to an ignored place stays on the other side: something new of its name is an edit of it.
    const keys = sides.map(({ tree }) => new Set([...tree.keys()].map(pathKey)));
    for (const key of this.#touchedKeys) {
      const those = keys.filter((one) => one.has(key)).length;
      if (those !== 0 && those !== keys.length) continue;
      this.#touchedKeys.delete(key);
      this.#formerKeys.add(key);
    }
    const contents = sides.map(({ tree }) => contentsOf(tree));
    for (const content of this.#touchedContents) {
      const those = contents.filter((one) => one.has(content)).length;
      if (those === 0 || those === contents.length) this.#touchedContents.delete(content);
    }
  }

  /** An engine may take an earlier rest for the last one: what was done before is still on its way to it. */
  setBack(): void {
    for (const key of this.#formerKeys) this.#touchedKeys.add(key);
  }

  #isTouched(key: string): boolean {
    for (const touched of this.#touchedKeys) if (isWithin(key as RelativePath, touched as RelativePath)) return true;
    return false;
  }
}

const contentsOf = onceATree((tree): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, string[]>();
  for (const [path, content] of tree) {
    if (content === null || content.length === 0) continue;
    const text = textOf(content);
    const keys = found.get(text);
    if (keys === undefined) found.set(text, [pathKey(path)]);
    else keys.push(pathKey(path));
  }
  return found;
});
