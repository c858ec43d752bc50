import { pathKey } from "@twinfold/dropbox-rules";
import { type Engine, isWithin, type RelativePath } from "@twinfold/engine";
import { isIgnored, rulesOf } from "./ignored-items.ts";
import type { SeededRandomness } from "./seeded-randomness.ts";
import type { Side } from "./side.ts";
import type { VirtualTime } from "./virtual-time.ts";
import { textOf, type VisibleTree } from "./visible-tree.ts";

const encoder = new TextEncoder();
/** How long she thinks, in milliseconds. */
const TO_ANSWER = 1_000;

/** Whether an engine asks about deletions, or about the session's folder, which is gone from Dropbox. */
export function isAsking(engine: Engine): boolean {
  const { held, folderGone } = engine.status();
  return held > 0 || folderGone;
}

/** Whom engines ask about deletions that they hold back. What she wants back has to come back. */
export class Person {
  readonly #random: SeededRandomness;
  readonly #time: VirtualTime;
  /** By content: where it was, and between which sides it is to be brought back. */
  readonly #wanted = new Map<string, { readonly path: string; readonly between: readonly string[] }>();
  /** Contents that users took from a side since the last rest, with its name. */
  readonly #takenFrom = new Map<string, Set<string>>();
  /** By content: the keys of the paths at which it was on any side since then. */
  readonly #wasAt = new Map<string, Set<string>>();
  readonly #overwritten = new Set<string>();

  readonly #onAnswer: () => void;

  constructor(random: SeededRandomness, time: VirtualTime, onAnswer: () => void) {
    this.#onAnswer = onAnswer;
    this.#random = random;
    this.#time = time;
  }

  /** A user has just acted on one side. @param before its tree then */
  act({ name, tree }: Side, before: VisibleTree): void {
    const left = new Set(tree.values());
    for (const [path, content] of before) {
      if (content === null) continue;
      const text = textOf(content);
      this.#wasAt.set(text, (this.#wasAt.get(text) ?? new Set()).add(pathKey(path)));
      if (left.has(content)) continue;
      this.#takenFrom.set(text, (this.#takenFrom.get(text) ?? new Set()).add(name));
    }
    this.#overwrite(before, tree);
  }

  /** What is written under a name that another content had on some side may be an edit of that, wherever it is by now. */
  #overwrite(before: VisibleTree, after: VisibleTree): void {
    for (const [path, content] of after) {
      if (content === null || before.get(path) === content) continue;
      for (const [text, keys] of this.#wasAt)
        if (text !== textOf(content) && keys.has(pathKey(path))) this.#overwritten.add(text);
    }
  }

  /** Answers whatever the engine asks until told to stop. @param sides its disk, then its Dropbox, as they are when asked */
  attend(engine: Engine, sides: () => readonly [Side, Side]): () => void {
    let attends = true;
    let thinks = false;
    const think = () => {
      if (!isAsking(engine) || thinks) return;
      thinks = true;
      const choice = this.#random.pick(["apply", "bring back"] as const);
      this.#time.after(TO_ANSWER, () => {
        thinks = false;
        if (!attends) return;
        this.#onAnswer();
        const isFolderGone = engine.status().folderGone;
        // While she thought, the question may have gone: what she says then answers nothing.
        const wasAsked = engine.resolveHeld(choice);
        if (wasAsked) void this.#note(choice, engine, sides(), isFolderGone);
        // Asked once more, she answers once more.
        this.#time.after(TO_ANSWER, () => attends && think());
      });
    };
    const unsubscribe = engine.onStatus(think);
    return () => {
      attends = false;
      unsubscribe();
    };
  }

  /** Asked once more before her word took effect, it is the last one that counts. */
  async #note(
    choice: "apply" | "bring back",
    engine: Engine,
    [disk, dropbox]: readonly [Side, Side],
    isFolderGone: boolean,
  ): Promise<void> {
    const { operations } = await engine.plan();
    const rules = rulesOf(disk.tree);
    for (const side of [disk, dropbox]) {
      const held = operations.filter((one) => one.held && (one.direction === "down") === (side === disk));
      // As spelled: on disk its name may lie beside another that is the same in Dropbox.
      const places = isFolderGone && side === disk ? [""] : held.map(({ path }) => path);
      for (const [path, content] of side.tree) {
        if (content === null || isIgnored(rules, path, content)) continue;
        if (!places.some((place) => isWithin(path as RelativePath, place as RelativePath))) continue;
        if (choice === "apply") this.#wanted.delete(textOf(content));
        else this.#wanted.set(textOf(content), { path, between: [disk.name, dropbox.name] });
      }
    }
  }

  /** All sides are one. @returns what she wanted back and did not get, as sentences */
  rest(sides: readonly Side[]): string[] {
    const wrong: string[] = [];
    const isIgnoredThere = (path: string, content: Uint8Array | null) =>
      sides.some(({ tree }) => isIgnored(rulesOf(tree), path, content));
    for (const [content, { path, between }] of this.#wanted) {
      // A co-author's deed, brought by another engine: of that she was not asked.
      if ([...(this.#takenFrom.get(content) ?? [])].some((name) => !between.includes(name))) continue;
      if (this.#overwritten.has(content)) continue;
      // A copy of it, kept beside another, may have a name that is ignored.
      if (
        sides.some(({ tree }) => [...tree].some(([at, bytes]) => isText(bytes, content) && isIgnoredThere(at, bytes)))
      )
        continue;
      // Ignored since she was asked, by itself or for what has its name on a side.
      const namesakes = sides.flatMap(({ tree }) => [...tree].filter(([other]) => pathKey(other) === pathKey(path)));
      if (isIgnoredThere(path, encoder.encode(content)) || namesakes.some((one) => isIgnoredThere(...one))) continue;
      for (const side of sides)
        if (!hasText(side, content))
          wrong.push(`"${content}" at ${path} was to be brought back, and is not on ${side.name}`);
    }
    this.#wanted.clear();
    this.#takenFrom.clear();
    this.#wasAt.clear();
    this.#overwritten.clear();
    return wrong;
  }
}

function hasText({ tree }: Side, text: string): boolean {
  return [...tree.values()].some((content) => isText(content, text));
}

function isText(content: Uint8Array | null, text: string): boolean {
  return content !== null && textOf(content) === text;
}
