import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { IGNORE_FILE, type IgnoreRule } from "@twinfold/engine";
import { compileIgnoreRules } from "@twinfold/ignore";
import { readIgnoreFile } from "@twinfold/session";
import { CommandError, EXIT } from "../exit-codes.ts";
import { pathInRoot } from "../path-in-root.ts";

export interface IgnoreLine {
  /** Counted from 1. */
  readonly line: number;
  readonly text: string;
  /** Why it leaves nothing out, where it should. */
  readonly problem: string | null;
}

/** The ignore file's lines, each with what is wrong with it, if anything. */
export function ignoreList(root: string): IgnoreLine[] {
  const text = readIgnoreFile(root);
  const problems = new Map(compileIgnoreRules(text).problems.map((one) => [one.line, one.why]));
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line, index) => ({ line: index + 1, text: line, problem: problems.get(index + 1) ?? null }));
}

export function listInWords(lines: readonly IgnoreLine[]): string {
  return lines.map(({ text, problem }) => (problem === null ? text : `${text}   <- ${problem}`)).join("\n");
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
export function ignoreAdd(root: string, pattern: string): void {
  checkPattern(pattern);
  const text = readIgnoreFile(root);
  const separator = text === "" || text.endsWith("\n") ? "" : "\n";
  appendFileSync(join(root, IGNORE_FILE), `${separator}${pattern}\n`);
}

/** The rule that leaves a path out, as far as names tell; null when none does. @throws CommandError */
export function ignoreTest(root: string, named: string): IgnoreRule | null {
  const path = pathInRoot(root, named);
  const rules = compileIgnoreRules(readIgnoreFile(root));
  return rules.match(path, named.endsWith("/") ? "folder" : "file");
}

export function ruleInWords({ source, line, pattern }: IgnoreRule): string {
  return `${source}:${line}: ${pattern}`;
}
