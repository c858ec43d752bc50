import type { Side } from "./side.ts";
import { textOf, type VisibleTree } from "./visible-tree.ts";

/** Watches that a file keeps its modification time: on each side it is one at which a user wrote that content. */
export class Times {
  readonly #written = new Map<string, Set<number>>();

  /** A user has just acted on one side. @param modified of a path, in whole seconds */
  act(before: VisibleTree, after: VisibleTree, modified: (path: string) => number): void {
    for (const [path, content] of after) {
      if (content === null || before.get(path) === content) continue;
      const text = textOf(content);
      const times = this.#written.get(text);
      if (times === undefined) this.#written.set(text, new Set([modified(path)]));
      else times.add(modified(path));
    }
  }

  /** All sides are one. @returns what engines did wrong */
  rest(sides: readonly Side[]): string[] {
    const wrong: string[] = [];
    for (const { name, tree, modified } of sides) {
      for (const [path, content] of tree) {
        if (content === null) continue;
        const times = this.#written.get(textOf(content));
        const time = modified(path);
        if (times === undefined || times.has(time)) continue;
        wrong.push(`${path} on ${name} was modified at ${time}, but users wrote it at ${[...times].join(", ")}`);
      }
    }
    return wrong;
  }
}
