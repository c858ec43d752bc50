import { pathKey } from "@twinfold/dropbox-rules";
import { hasTwoSpellings } from "./rest.ts";
import type { Side } from "./side.ts";
import { textOf, type VisibleTree } from "./visible-tree.ts";

/**
 * Watches that where users did something on one side only since the last rest, that side is at the next one as they left
 * it: the others follow, and nothing is taken back.
 */
export class LoneSide {
  /** The side, and its tree as users left it; null when nobody did anything yet. */
  #acted: { readonly name: string; readonly tree: VisibleTree } | null = null;
  #isLone = true;
  /** What users have given up since the last rest, by its paths, and whether some answer was lost since then. */
  readonly #givenUp = new Set<string>();
  /** The same by names and contents: its folder may have been moved since. */
  readonly #givenUpFiles = new Set<string>();
  #isHidden = false;
  /** Whether two names were one in Dropbox since then: the second may have been renamed. */
  #wasAmbiguous = false;
  /** Whether a run was cut short since then, and whether one ended: what it had sent unheard, it has forgotten. */
  #wasCutShort = false;
  #wasStopped = false;
  /**
   * Whether a file became a folder since then, or was given up and another one made under its name: found later, what had
   * been sent of it unheard looks new beside that.
   */
  #hasReplaced = false;
  /** Whether some name was spelled otherwise on another side at the last rest: a case-only rename in Dropbox is not told. */
  #isSpelledOtherwise = false;

  /** A user has just acted. @param before the side's tree then */
  act({ name, tree }: Side, before: VisibleTree): void {
    if (this.#acted !== null && this.#acted.name !== name) this.#isLone = false;
    this.#acted = { name, tree };
    if (isAmbiguous(before) || isAmbiguous(tree)) this.#wasAmbiguous = true;
    for (const [path, content] of before) {
      if (!tree.has(path)) {
        this.#givenUp.add(path);
        if (content !== null) this.#givenUpFiles.add(fileOf(path, textIn(content)));
      }
      if (content !== null && tree.get(path) === null) this.#hasReplaced = true;
    }
    for (const path of tree.keys()) if (!before.has(path) && this.#givenUp.has(path)) this.#hasReplaced = true;
  }

  /** Two names were exchanged: each was given up, and something else made under it. */
  exchange(): void {
    this.#hasReplaced = true;
  }

  /** Something happened after which deleted things may come back: a state is gone, a person was asked. */
  disturb(): void {
    this.#isLone = false;
  }

  /** Something was done, and its answer lost: where users give it up before it is found, it looks new, and comes back. */
  hide(): void {
    this.#isHidden = true;
  }

  /** A run ended: what Dropbox says next may be its own doing or another's, and both are kept. */
  end(inGoodOrder: boolean): void {
    if (inGoodOrder) this.#wasStopped = true;
    else this.#wasCutShort = true;
  }

  /** All sides are one. @returns what engines did wrong since the last rest */
  rest(sides: readonly Side[]): string[] {
    const acted = this.#isLone ? this.#acted : null;
    const wasAmbiguous = this.#wasAmbiguous;
    const wasCutShort = this.#wasCutShort;
    const mayBeBeside = wasCutShort || ((this.#wasStopped || this.#hasReplaced) && this.#isHidden);
    const isForgotten = this.#isHidden || wasCutShort;
    // What was sent unheard is found in Dropbox as names are spelled there.
    const isDecomposed = [...(acted?.tree.keys() ?? [])].some((path) => path !== path.normalize("NFC"));
    const mayBeSpelledAnew = this.#isSpelledOtherwise || (isForgotten && isDecomposed);
    const spelled = (path: string) => (mayBeSpelledAnew ? pathKey(path) : path);
    // A rename in case only that was not told may be told after its user has given it up: moved there, it lives on.
    const mayBeBack = new Set(isForgotten || mayBeSpelledAnew ? [...this.#givenUp].map(spelled) : []);
    const filesBack = new Set(isForgotten ? this.#givenUpFiles : []);
    this.#acted = null;
    this.#isLone = true;
    this.#isHidden = false;
    this.#wasCutShort = false;
    this.#wasStopped = false;
    this.#hasReplaced = false;
    this.#wasAmbiguous = false;
    this.#givenUp.clear();
    this.#givenUpFiles.clear();
    this.#isSpelledOtherwise = hasTwoSpellings(sides);
    const now = sides.find(({ name }) => name === acted?.name)?.tree;
    if (acted === null || now === undefined || wasAmbiguous) return [];
    const is = new Map([...now].map(([path, content]) => [spelled(path), textIn(content)]));
    const was = new Map([...acted.tree].map(([path, content]) => [spelled(path), textIn(content)]));
    const isBeside = (content: string | null | undefined) =>
      [...is].some(([path, one]) => one === content && isConflictCopy(path) && !was.has(path));
    // A move that was sent, and taken back by its user before a run that knows nothing of it: Dropbox has it there.
    const isBack = (content: string | null | undefined) =>
      [...is].some(([path, one]) => one === content && mayBeBack.has(path) && !was.has(path));
    return [...new Set([...was.keys(), ...is.keys()])]
      .filter((path) => is.get(path) !== was.get(path))
      .filter((path) => was.has(path) || !(mayBeBack.has(path) || filesBack.has(fileOf(path, is.get(path)))))
      .filter((path) => !mayBeBeside || !(was.has(path) ? isBeside(was.get(path)) : isConflictCopy(path)))
      .filter((path) => !wasCutShort || !was.has(path) || !isBack(was.get(path)))
      .map((path) => `${path} on ${acted.name} is not as its user left it, and no other side was touched`);
  }
}

/** A file by its name, wherever it lies, and its content. */
function fileOf(path: string, content: string | null | undefined): string {
  return `${path.slice(path.lastIndexOf("/") + 1)} ${content}`;
}

function isConflictCopy(path: string): boolean {
  return /\(.+'s conflicted copy \d{4}-\d\d-\d\d(?: \d+)?\)/.test(path);
}

/** Whether two names are one in Dropbox. */
function isAmbiguous(tree: VisibleTree): boolean {
  return new Set([...tree.keys()].map(pathKey)).size < tree.size;
}

function textIn(content: Uint8Array | null | undefined): string | null | undefined {
  return content instanceof Uint8Array ? textOf(content) : content;
}
