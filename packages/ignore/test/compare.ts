import { alwaysIgnored } from "../src/always-ignored.ts";
import { compileIgnoreRules } from "../src/compile.ts";
import { compileGitIgnore } from "../src/git-ignore.ts";
import { GitTree } from "./git.ts";
import { Random } from "./random.ts";
import { randomIgnoreFile, randomTree } from "./random-cases.ts";

export interface Comparison {
  /** Pairs of a pattern file and a path. */
  readonly compared: number;
  readonly ignored: number;
  readonly broughtBack: number;
  /** Every line, its LF taken off. */
  readonly lines: readonly string[];
  /** Those that decided about a path. */
  readonly deciding: readonly string[];
  /** Readable; empty when all is well. */
  readonly differences: readonly string[];
}

/** Makes one tree and `files` ignore files from the seed, and compares our decisions for every path with git's. */
export function compareWithGit(seed: number, files: number): Comparison {
  const random = new Random(seed);
  const tree = randomTree(random);
  const paths = [...tree.keys()];
  const git = new GitTree(tree);
  const differences: string[] = [];
  const allLines: string[] = [];
  const deciding: string[] = [];
  let compared = 0;
  let ignored = 0;
  let broughtBack = 0;
  try {
    for (let file = 0; file < files; file++) {
      const text = randomIgnoreFile(random, paths);
      const decisions = git.decide(text);
      const lines = text.split("\n");
      allLines.push(...lines);
      const numbers = new Set([...decisions.values()].map((decision) => decision?.line));
      deciding.push(...lines.filter((_, index) => numbers.has(index + 1)));
      const rules = compileIgnoreRules(text);
      const ours = compileGitIgnore(text);
      const useless = new Set(ours.problems.map((problem) => problem.line));
      for (const [path, kind] of tree) {
        if (path.split("/").some((name, depth) => alwaysIgnored(name, depth === 0) !== null)) continue;
        const wanted = decisions.get(path) ?? null;
        const negated = wanted?.pattern.startsWith("!") ?? false;
        const rule = rules.match(path as Parameters<typeof rules.match>[0], kind);
        // A negated decision is no rule for the outside; within, its line must agree too.
        const decided = rule ?? ours.decide(path, kind);
        const got =
          decided === null ? null : { line: decided.line, pattern: "text" in decided ? decided.text : decided.pattern };
        compared++;
        if (rule !== null) ignored++;
        if (negated) broughtBack++;
        const same =
          got?.line === wanted?.line &&
          got?.pattern === wanted?.pattern &&
          (rule === null) === (wanted === null || negated);
        if (!same || useless.has(wanted?.line ?? 0)) {
          differences.push(
            `seed ${seed}: ${JSON.stringify(text.slice(0, 2_000))} on ${kind} ${JSON.stringify(path)}: ` +
              `git ${JSON.stringify(wanted)}, we ${JSON.stringify(got)}`,
          );
        }
      }
    }
  } finally {
    git.remove();
  }
  return { compared, ignored, broughtBack, lines: allLines, deciding, differences };
}
