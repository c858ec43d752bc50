import type { IgnoreProblem, RelativePath } from "@twinfold/engine";
import { compileIgnoreRules } from "./compile.ts";
import { type PatternLine, parseIgnoreFile } from "./ignore-file.ts";

/** Lines that could match something, and yet decide about nothing, whatever files there are. Only what is certain is said. */
export function uselessLines(text: string): IgnoreProblem[] {
  const rules = compileIgnoreRules(text);
  const malformed = new Set(rules.problems.map(({ line }) => line));
  const patterns = parseIgnoreFile(text).filter(({ line }) => !malformed.has(line));
  const lastOf = new Map(patterns.map((pattern) => [pattern.text, pattern.line]));
  const firstThatLeavesOut = patterns.find(({ negated }) => !negated)?.line ?? Number.POSITIVE_INFINITY;

  const whyUseless = (pattern: PatternLine): string | null => {
    const last = lastOf.get(pattern.text) ?? pattern.line;
    if (last > pattern.line) return `Line ${last} says the same, and the last line that matches decides.`;
    if (!pattern.negated) return null;
    if (pattern.line < firstThatLeavesOut) return "No line above it leaves anything out that it could bring back.";
    const folder = literalFolder(pattern);
    const rule = folder === "" ? null : rules.match(folder as RelativePath, "folder");
    if (rule === null) return null;
    const by = rule.line > 0 ? `Line ${rule.line} leaves out` : "Always left out is";
    return `${by} a whole folder, ${folder}/ or one around it, and nothing in it can be brought back.`;
  };

  return patterns.flatMap((pattern) => {
    const why = whyUseless(pattern);
    return why === null ? [] : [{ line: pattern.line, pattern: pattern.text, why }];
  });
}

/** The folder that all matches of a pattern lie in, as far as it is written without special characters; "" for the root. */
function literalFolder({ text, anchored }: PatternLine): string {
  if (!anchored) return "";
  const path = text.replace(/^!\/?/, "").replace(/\/$/, "");
  const special = path.search(/[*?[\\]/);
  const literal = special < 0 ? path : path.slice(0, special);
  return literal.slice(0, Math.max(0, literal.lastIndexOf("/")));
}
