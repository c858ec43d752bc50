import { pathKey } from "@twinfold/dropbox-rules";
import { baseName, type IgnoreRules, nameBeforeCopy, type RelativePath } from "@twinfold/engine";
import { compileIgnoreRules } from "@twinfold/ignore";
import type { Side } from "./side.ts";
import { onceATree, textOf, type VisibleTree } from "./visible-tree.ts";

/** How long rules must have held until everything is expected to keep to them, in milliseconds. */
const TAKES_EFFECT = 10_000;

/** Something ignored, and what its side knows it by. */
interface Item {
  readonly path: string;
  readonly content: string;
  readonly identity: string;
}

interface Look {
  /** Of the ignore files: another when they were written, gone and back, whatever they say. */
  readonly version: string;
  readonly keptTo: boolean;
  readonly sides: readonly (readonly Item[])[];
  /** All contents of each side. */
  readonly contents: readonly ReadonlySet<string>[];
  /**
   * Those of each disk with their files' own names: a folder that moves takes what is ignored along; where that is not
   * ignored any more, it may have to make room for another of its name.
   */
  readonly named: readonly ReadonlySet<string>[];
  /** Those of what is not ignored. */
  readonly synced: readonly ReadonlySet<string>[];
}

/** An entry of a tree, and what the rules say of it. */
interface Judged {
  readonly path: string;
  readonly key: string;
  /** Null for a folder. */
  readonly content: string | null;
  readonly ignored: boolean;
}

/** The text of the ignore file of a disk; "" when there is none. */
function ignoreTextOf(tree: VisibleTree): string {
  const content = tree.get(".mignore");
  return content === undefined || content === null ? "" : textOf(content);
}

/** The rules of a disk's ignore file. */
export const rulesOf = onceATree((tree): IgnoreRules => compileIgnoreRules(ignoreTextOf(tree)));

/** Whether the rules leave an entry of a tree out. */
export function isIgnored(rules: IgnoreRules, path: string, content: Uint8Array | null): boolean {
  return rules.match(path as RelativePath, content === null ? "folder" : "file") !== null;
}

function judgeBy(ignoreText: string): (tree: VisibleTree) => readonly Judged[] {
  const rules = compileIgnoreRules(ignoreText);
  return onceATree((tree) =>
    Array.from(tree, ([path, content]) => ({
      path,
      key: pathKey(path),
      content: content === null ? null : textOf(content),
      ignored: isIgnored(rules, path, content),
    })),
  );
}

/**
 * Watches that nothing ignored is touched: between two things that users do, only engines act, and then every ignored
 * content stays under its name on its side, and comes to no other.
 */
export class IgnoredItems {
  #before: Look | null = null;
  /** Contents that had a name that is not ignored when users had acted since the last rest: they may be on their way. */
  readonly #sent = new Set<string>();
  /** Keys of what some side has had, under these rules and since the last rest, by a name that they do not meet. */
  readonly #spelledElse = new Set<string>();
  #rules = "";
  #judge = judgeBy("");
  #since = Number.NEGATIVE_INFINITY;

  /** All is at rest: the rules that hold are kept to. */
  rest(version: string, sides: readonly Side[]): void {
    this.#spelledElse.clear();
    this.#see(0, version, sides);
    if (this.#since < Number.POSITIVE_INFINITY) this.#since = Number.NEGATIVE_INFINITY;
    this.#sent.clear();
    this.look(0, version, sides);
  }

  /** Users have just acted. */
  look(now: number, version: string, sides: readonly Side[]): void {
    this.#before = this.#see(now, version, sides);
    for (const contents of this.#before?.synced ?? []) for (const content of contents) this.#sent.add(content);
  }

  /** Users are about to act. @returns what engines did wrong meanwhile */
  check(now: number, version: string, sides: readonly Side[]): string[] {
    const before = this.#before;
    const after = this.#see(now, version, sides);
    if (before === null || after === null || !before.keptTo || before.version !== after.version) return [];
    const wrong: string[] = [];
    const isThere = (side: number, { path, content }: Item) =>
      after.sides[side]?.some((item) => item.path === path && item.content === content) ?? false;
    // What another side has of the same content, and moved with its item to where the disk has that.
    const onTheirWay = new Set(
      before.sides.flatMap((items, side) => items.filter((one) => !isThere(side, one)).map(({ content }) => content)),
    );
    before.sides.forEach((items, side) => {
      for (const { path, content, identity } of items) {
        // By which name Dropbox has something, it does not always tell.
        const stays = after.named[side]?.has(named(path, content)) ?? after.contents[side]?.has(content) ?? false;
        // Moved there while an engine moved the same item: the later of the two holds, and edits follow the item.
        const moved = !stays && this.#sent.has(content) && has(sides[side], identity);
        if (!stays && !moved) wrong.push(`"${content}" at ${path} is ignored, and was taken from its place`);
        // A copy of it that is not ignored may go where it likes.
        const here = isThere(side, { path, content, identity }) && !this.#sent.has(content) && !onTheirWay.has(content);
        after.contents.forEach((contents, other) => {
          if (other !== side && here && contents.has(content) && !before.contents[other]?.has(content))
            wrong.push(`"${content}" at ${path} is ignored, and was brought to another side`);
        });
      }
    });
    return wrong;
  }

  #see(now: number, version: string, seen: readonly Side[]): Look | null {
    const disks = seen.filter(({ kind }) => kind === "disk").map(({ tree }) => tree);
    const texts = new Set(disks.map(ignoreTextOf));
    const [rules] = texts;
    if (rules === undefined || texts.size > 1) {
      this.#since = Number.POSITIVE_INFINITY;
      return null;
    }
    if (rules !== this.#rules || this.#since === Number.POSITIVE_INFINITY) this.#since = now;
    if (rules !== this.#rules) {
      this.#judge = judgeBy(rules);
      this.#spelledElse.clear();
    }
    this.#rules = rules;
    const trees = seen.map(({ tree }) => this.#judge(tree));
    // A case-only rename in Dropbox is not announced: what one side spells so that no rule meets it is synced, or was.
    for (const tree of trees) for (const { key, ignored } of tree) if (!ignored) this.#spelledElse.add(key);
    const counts = ({ path, key, content, ignored }: Judged) =>
      content !== null && content !== "" && !path.includes(".~twinfold") && ignored && !this.#spelledElse.has(key);
    const sides = trees.map((tree, side) =>
      tree.flatMap((one) => {
        const { path, content } = one;
        return content !== null && counts(one) ? [{ path, content, identity: seen[side]?.identity(path) ?? "" }] : [];
      }),
    );
    const contentsOf = (tree: readonly Judged[]) =>
      new Set(tree.flatMap(({ content }) => (content === null ? [] : [content])));
    const synced = trees.map((tree) => contentsOf(tree.filter((one) => !one.ignored)));
    const contents = trees.map(contentsOf);
    const names = disks.map(
      (_, disk) =>
        new Set(
          trees[disk]?.flatMap(({ path, content, ignored }) => {
            if (content === null) return [];
            return [named(path, content), ...(ignored ? [] : [named(nameBeforeCopy(path), content)])];
          }),
        ),
    );
    return { version, keptTo: now - this.#since >= TAKES_EFFECT, sides, contents, named: names, synced };
  }
}

/** Whether a Dropbox still has an item, wherever that is now. */
function has(side: Side | undefined, identity: string): boolean {
  if (side?.kind !== "dropbox") return false;
  return [...side.tree].some(([path, content]) => content !== null && side.identity(path) === identity);
}

function named(path: string, content: string): string {
  return `${baseName(path as RelativePath)}: ${content}`;
}
