import type { IgnoreProblem } from "@twinfold/engine";
import { type ByteString, toByteString } from "./byte-string.ts";
import { asNameGlob, compileGlob, type Glob, isHeadStarTail, isLiteral, matchGlob } from "./glob.ts";
import { type PatternLine, parseIgnoreFile } from "./ignore-file.ts";

/** Decides about one path from its own name alone; the caller looks after the folders above it. */
export interface GitIgnore {
  /** The last line that matches, as git has it: it may be a negated one. */
  decide(path: string, kind: "file" | "folder"): PatternLine | null;
  readonly problems: readonly IgnoreProblem[];
}

/** A rule that can't be looked up by name. Higher `index` wins. */
interface TestedRule {
  readonly index: number;
  readonly folderOnly: boolean;
  readonly test: (path: ByteString, name: ByteString) => boolean;
}

/** Literal rules: the highest index for a text, for anything and for folders only. */
class LiteralRules {
  readonly #any = new Map<string, number>();
  readonly #folders = new Map<string, number>();

  add(text: string, index: number, folderOnly: boolean): void {
    (folderOnly ? this.#folders : this.#any).set(text, index);
  }

  /** The highest index that matches, or -1. */
  find(text: string, isFolder: boolean): number {
    const any = this.#any.size === 0 ? -1 : (this.#any.get(text) ?? -1);
    if (!isFolder || this.#folders.size === 0) return any;
    return Math.max(any, this.#folders.get(text) ?? -1);
  }
}

/** Compiles the text of an ignore file at the root. Literals are looked up, the rest is tried from the last one up. */
export function compileGitIgnore(text: string): GitIgnore {
  const patterns = parseIgnoreFile(text);
  const names = new LiteralRules();
  const paths = new LiteralRules();
  const tested: TestedRule[] = [];
  const problems: IgnoreProblem[] = [];

  for (const [index, pattern] of patterns.entries()) {
    const compiled = compileGlob(pattern.glob, pattern.anchored);
    if ("why" in compiled) {
      problems.push({ line: pattern.line, pattern: pattern.text, why: compiled.why });
      continue;
    }
    const nameGlob = pattern.anchored ? asNameGlob(compiled) : compiled;
    const glob = nameGlob ?? compiled;
    if (isLiteral(glob)) (nameGlob === null ? paths : names).add(glob.head, index, pattern.folderOnly);
    else tested.push({ index, folderOnly: pattern.folderOnly, test: testOf(glob, nameGlob !== null) });
  }
  tested.reverse();

  const decide = (rawPath: string, kind: "file" | "folder"): PatternLine | null => {
    const path = toByteString(rawPath);
    const name = path.slice(path.lastIndexOf("/") + 1) as ByteString;
    const isFolder = kind === "folder";
    let best = Math.max(names.find(name, isFolder), paths.find(path, isFolder));
    for (const rule of tested) {
      if (rule.index < best) break;
      if ((isFolder || !rule.folderOnly) && rule.test(path, name)) {
        best = rule.index;
        break;
      }
    }
    return patterns[best] ?? null;
  };
  return { decide, problems };
}

/** The cheapest test that says the same as `matchGlob`. */
function testOf(glob: Glob, byName: boolean): TestedRule["test"] {
  const { head, tail } = glob;
  if (byName && isHeadStarTail(glob)) {
    const least = head.length + tail.length;
    if (head === "") return (_, name) => name.endsWith(tail);
    if (tail === "") return (_, name) => name.startsWith(head);
    return (_, name) => name.length >= least && name.startsWith(head) && name.endsWith(tail);
  }
  if (byName) return (_, name) => name.startsWith(head) && name.endsWith(tail) && matchGlob(glob, name);
  return (path) => path.startsWith(head) && path.endsWith(tail) && matchGlob(glob, path);
}
