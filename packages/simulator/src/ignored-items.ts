import { pathKey } from "@twinfold/dropbox-rules";
import type { IgnoreRules, RelativePath } from "@twinfold/engine";
import { compileIgnoreRules } from "@twinfold/ignore";
import type { VisibleTree } from "./disk-user.ts";

const decoder = new TextDecoder();
/** How long rules must have held until everything is expected to keep to them, in milliseconds. */
const TAKES_EFFECT = 10_000;

interface Look {
  /** Of the ignore files: another when they were written, gone and back, whatever they say. */
  readonly version: string;
  readonly keptTo: boolean;
  readonly sides: readonly (readonly { readonly path: string; readonly content: string }[])[];
  /** All contents of each side. */
  readonly contents: readonly ReadonlySet<string>[];
  /** Those of what is not ignored. */
  readonly synced: readonly ReadonlySet<string>[];
}

/** The text of the ignore file of a disk; "" when there is none. */
export function ignoreTextOf(tree: VisibleTree): string {
  const content = tree.get(".mignore");
  return content === undefined || content === null ? "" : decoder.decode(content);
}

/** Whether the rules leave an entry of a tree out. */
export function isIgnored(rules: IgnoreRules, path: string, content: Uint8Array | null): boolean {
  return rules.match(path as RelativePath, content === null ? "folder" : "file") !== null;
}

/**
 * Watches that nothing ignored is touched: between two things that users do, only engines act, and then every ignored
 * content stays on its side, and comes to no other.
 */
export class IgnoredItems {
  #before: Look | null = null;
  /** Contents that had a name that is not ignored when users had acted since the last rest: they may be on their way. */
  readonly #sent = new Set<string>();
  #rules = "";
  #since = Number.NEGATIVE_INFINITY;

  /** All is at rest: the rules that hold are kept to. */
  rest(version: string, disks: readonly VisibleTree[], dropboxes: readonly VisibleTree[]): void {
    this.#see(0, version, disks, dropboxes);
    if (this.#since < Number.POSITIVE_INFINITY) this.#since = Number.NEGATIVE_INFINITY;
    this.#sent.clear();
    this.look(0, version, disks, dropboxes);
  }

  /** Users have just acted. */
  look(now: number, version: string, disks: readonly VisibleTree[], dropboxes: readonly VisibleTree[]): void {
    this.#before = this.#see(now, version, disks, dropboxes);
    for (const contents of this.#before?.synced ?? []) for (const content of contents) this.#sent.add(content);
  }

  /** Users are about to act. @returns what engines did wrong meanwhile */
  check(now: number, version: string, disks: readonly VisibleTree[], dropboxes: readonly VisibleTree[]): string[] {
    const before = this.#before;
    const after = this.#see(now, version, disks, dropboxes);
    if (before === null || after === null || !before.keptTo || before.version !== after.version) return [];
    const wrong: string[] = [];
    before.sides.forEach((items, side) => {
      for (const { path, content } of items) {
        const stays = after.contents[side]?.has(content) ?? false;
        if (!stays) wrong.push(`"${content}" at ${path} is ignored, and was taken from its side`);
        // A copy of it that is not ignored may go where it likes.
        const isHere = after.sides[side]?.some((item) => item.path === path && item.content === content) ?? false;
        const here = isHere && !this.#sent.has(content);
        after.contents.forEach((contents, other) => {
          if (other !== side && here && contents.has(content) && !before.contents[other]?.has(content))
            wrong.push(`"${content}" at ${path} is ignored, and was brought to another side`);
        });
      }
    });
    return wrong;
  }

  #see(now: number, version: string, disks: readonly VisibleTree[], dropboxes: readonly VisibleTree[]): Look | null {
    const texts = new Set(disks.map(ignoreTextOf));
    const [rules] = texts;
    if (rules === undefined || texts.size > 1) {
      this.#since = Number.POSITIVE_INFINITY;
      return null;
    }
    if (rules !== this.#rules || this.#since === Number.POSITIVE_INFINITY) this.#since = now;
    this.#rules = rules;
    const compiled = compileIgnoreRules(rules);
    // A case-only rename in Dropbox is not announced: what one side spells so that no rule meets it is synced.
    const spelledElse = new Set(
      [...disks, ...dropboxes].flatMap((tree) =>
        [...tree].filter(([path, content]) => !isIgnored(compiled, path, content)).map(([path]) => pathKey(path)),
      ),
    );
    const counts = (path: string, content: Uint8Array) =>
      content.length > 0 &&
      !path.includes(".~twinfold") &&
      isIgnored(compiled, path, content) &&
      !spelledElse.has(pathKey(path));
    const sides = [...disks, ...dropboxes].map((tree) =>
      [...tree].flatMap(([path, content]) =>
        content !== null && counts(path, content) ? [{ path, content: decoder.decode(content) }] : [],
      ),
    );
    const synced = [...disks, ...dropboxes].map(
      (tree) =>
        new Set(
          [...tree].flatMap(([path, content]) =>
            content === null || isIgnored(compiled, path, content) ? [] : [decoder.decode(content)],
          ),
        ),
    );
    const contents = [...disks, ...dropboxes].map(
      (tree) => new Set([...tree.values()].flatMap((content) => (content === null ? [] : [decoder.decode(content)]))),
    );
    return { version, keptTo: now - this.#since >= TAKES_EFFECT, sides, contents, synced };
  }
}
