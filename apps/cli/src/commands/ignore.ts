import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { IGNORE_FILE } from "@twinfold/engine";
import { compileIgnoreRules } from "@twinfold/ignore";
import { readIgnoreFile } from "@twinfold/session";
import { CommandError, EXIT } from "../exit-codes.ts";
import { pathInRoot } from "../path-in-root.ts";

/** The ignore file's lines, each with what is wrong with it, if anything. */
export function ignoreList(root: string): string {
  const text = readIgnoreFile(root);
  const problems = new Map(compileIgnoreRules(text).problems.map((one) => [one.line, one.why]));
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines
    .map((line, index) => (problems.has(index + 1) ? `${line}   <- ${problems.get(index + 1)}` : line))
    .join("\n");
}

/** What a pattern to be added must be: one line that can match something. @throws CommandError */
export function checkPattern(pattern: string): void {
  const refuse = (why: string) => {
    throw new CommandError(EXIT.usage, `${JSON.stringify(pattern)} can't be added: ${why}`);
  };
  if (/[\n\r\0]/.test(pattern)) refuse("a pattern is one line");
  if (pattern.startsWith("#")) refuse('it would be a comment; begin it with "\\#"');
  const [problem] = compileIgnoreRules(pattern).problems;
  if (problem !== undefined) refuse(problem.why);
}

/** Adds a pattern at the end; what it matches stays where it is and is synced no more. @throws CommandError */
export function ignoreAdd(root: string, pattern: string): string {
  checkPattern(pattern);
  const text = readIgnoreFile(root);
  const separator = text === "" || text.endsWith("\n") ? "" : "\n";
  appendFileSync(join(root, IGNORE_FILE), `${separator}${pattern}\n`);
  return `${pattern} is left out from now on; what is in Dropbox already stays there`;
}

/** The rule that leaves a path out, as far as names tell; null when none does. @throws CommandError */
export function ignoreTest(root: string, named: string): string | null {
  const path = pathInRoot(root, named);
  const rules = compileIgnoreRules(readIgnoreFile(root));
  const rule = rules.match(path, named.endsWith("/") ? "folder" : "file");
  return rule === null ? null : `${rule.source}:${rule.line}: ${rule.pattern}`;
}
