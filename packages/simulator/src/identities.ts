import { pathKey } from "@twinfold/dropbox-rules";
import type { Side } from "./side.ts";
import { onceATree, textOf, type VisibleTree } from "./visible-tree.ts";

/**
 * Watches that a move is a move: what was only moved, on whichever side, is at the next rest still the same file on disk
 * and the same item in Dropbox, not a copy of it. Told by contents, as long as each is at one place only.
 */
export class Identities {
  /** Each side's contents at the last rest, with what the side knows the file by. */
  #known: readonly ReadonlyMap<string, string>[] = [];
  /** What lay at each path at the last rest. */
  #former: ReadonlyMap<string, string> = new Map();
  readonly #changed = new Set<string>();

  /** A user has just acted on one side. */
  act(before: VisibleTree, after: VisibleTree): void {
    const [had, has] = [new Set(before.values()), new Set(after.values())];
    // The same bytes, but written anew: by now that is another file, or may be.
    for (const bytes of [...had, ...has])
      if (bytes !== null && !(had.has(bytes) && has.has(bytes))) this.#changed.add(textOf(bytes));
    // A new file under the name that another left is taken for that one, edited: many programs save so.
    const wasThere = (bytes: Uint8Array) => this.#known.some((side) => side.has(textOf(bytes)));
    for (const [path, bytes] of after) {
      const former = bytes === null || wasThere(bytes) ? undefined : this.#former.get(pathKey(path));
      if (former !== undefined) this.#changed.add(former);
    }
    for (const [content, places] of placesOf(after)) if (places > 1) this.#changed.add(content);
  }

  /** All sides are one. @returns what engines did wrong since the last rest */
  rest(sides: readonly Side[]): string[] {
    const wrong: string[] = [];
    const known = sides.map(({ tree, identity }) => {
      const found = new Map<string, string>();
      const places = placesOf(tree);
      for (const [path, content] of tree) {
        if (content === null) continue;
        const text = textOf(content);
        if (places.get(text) === 1) found.set(text, identity(path));
      }
      return found;
    });
    this.#known.forEach((before, side) => {
      for (const [content, identity] of before) {
        const now = known[side]?.get(content);
        if (now === undefined || now === identity || this.#changed.has(content)) continue;
        // Lost with the folder that it was moved to, it came anew.
        if (sides[side]?.wentUnseen(content)) continue;
        wrong.push(`"${content}" was moved at most, and is another file on ${sides[side]?.name} now`);
      }
    });
    this.#known = known;
    this.#former = new Map(
      [...(sides[0]?.tree ?? [])].flatMap(([path, content]) =>
        content === null ? [] : [[pathKey(path), textOf(content)]],
      ),
    );
    this.#changed.clear();
    return wrong;
  }
}

/** Contents, and at how many places they are. */
const placesOf = onceATree((tree): ReadonlyMap<string, number> => {
  const found = new Map<string, number>();
  for (const content of tree.values()) {
    if (content === null) continue;
    const text = textOf(content);
    found.set(text, (found.get(text) ?? 0) + 1);
  }
  return found;
});
