import { pathKey } from "@twinfold/dropbox-rules";
import { type Engine, isWithin, type RelativePath } from "@twinfold/engine";
import { isIgnored, rulesOf } from "./ignored-items.ts";
import type { Side } from "./rest.ts";
import type { SeededRandomness } from "./seeded-randomness.ts";
import type { VirtualTime } from "./virtual-time.ts";
import { textOf } from "./visible-tree.ts";

const encoder = new TextEncoder();
/** How long she thinks, in milliseconds. */
const TO_ANSWER = 1_000;

/** Whom engines ask about deletions that they hold back. What she wants back has to come back. */
export class Person {
  readonly #random: SeededRandomness;
  readonly #time: VirtualTime;
  /** Content -> path. */
  readonly #wanted = new Map<string, string>();

  readonly #onAnswer: () => void;

  constructor(random: SeededRandomness, time: VirtualTime, onAnswer: () => void) {
    this.#onAnswer = onAnswer;
    this.#random = random;
    this.#time = time;
  }

  /**
   * Answers whatever the engine asks until told to stop.
   * @param sides its disk, its Dropbox, and those that are not its own, as they are when asked
   */
  attend(engine: Engine, sides: () => readonly [Side, Side, ...Side[]]): () => void {
    let attends = true;
    let thinks = false;
    const think = () => {
      const { held, message } = engine.status();
      const isFolderGone = message?.startsWith("The folder is gone from Dropbox") ?? false;
      if ((held === 0 && !isFolderGone) || thinks) return;
      thinks = true;
      const choice = this.#random.pick(["apply", "bring back"] as const);
      this.#time.after(TO_ANSWER, () => {
        thinks = false;
        if (!attends) return;
        if (choice === "bring back") void this.#want(engine, sides(), isFolderGone);
        this.#onAnswer();
        engine.resolveHeld(choice);
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

  async #want(
    engine: Engine,
    [disk, dropbox, ...others]: readonly [Side, Side, ...Side[]],
    isFolderGone: boolean,
  ): Promise<void> {
    const { operations } = await engine.plan();
    const rules = rulesOf(disk.tree);
    // What is not with somebody else may have been deleted there, and still go for that.
    const isElsewhere = (text: string) => others.every((other) => hasText(other, text));
    for (const side of [disk, dropbox]) {
      const held = operations.filter((one) => one.held && (one.direction === "down") === (side === disk));
      // As spelled: on disk its name may lie beside another that is the same in Dropbox.
      const places = isFolderGone && side === disk ? [""] : held.map(({ path }) => path);
      for (const [path, content] of side.tree) {
        if (content === null || isIgnored(rules, path, content)) continue;
        if (!places.some((place) => isWithin(path as RelativePath, place as RelativePath))) continue;
        const text = textOf(content);
        if (isElsewhere(text)) this.#wanted.set(text, path);
      }
    }
  }

  /** All sides are one. @returns what she wanted back and did not get, as sentences */
  rest(sides: readonly Side[]): string[] {
    const wrong: string[] = [];
    const isIgnoredThere = (path: string, content: Uint8Array | null) =>
      sides.some(({ tree }) => isIgnored(rulesOf(tree), path, content));
    for (const [content, path] of this.#wanted) {
      // Ignored since she was asked, by itself or for what has its name on a side.
      const namesakes = sides.flatMap(({ tree }) => [...tree].filter(([other]) => pathKey(other) === pathKey(path)));
      if (isIgnoredThere(path, encoder.encode(content)) || namesakes.some((one) => isIgnoredThere(...one))) continue;
      for (const side of sides)
        if (!hasText(side, content))
          wrong.push(`"${content}" at ${path} was to be brought back, and is not on ${side.name}`);
    }
    this.#wanted.clear();
    return wrong;
  }
}

function hasText({ tree }: Side, text: string): boolean {
  return [...tree.values()].some((content) => content !== null && textOf(content) === text);
}
