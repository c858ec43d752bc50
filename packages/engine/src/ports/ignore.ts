import type { RelativePath } from "./values.ts";

/** The rule that decided about a path. */
export interface IgnoreRule {
  /** The ignore file's name, or "always ignored". */
  readonly source: string;
  /** From 1; 0 for the rules that need no file. */
  readonly line: number;
  readonly pattern: string;
}

/** A line that can match nothing, and why. */
export interface IgnoreProblem {
  /** From 1. */
  readonly line: number;
  readonly pattern: string;
  readonly why: string;
}

/** One state of the ignore file, compiled. Pure. */
export interface IgnoreRules {
  /**
   * The rule that leaves `path` out, itself or through one of its parent folders, as `git check-ignore` would say;
   * null when it is synced.
   */
  match(path: RelativePath, kind: "file" | "folder"): IgnoreRule | null;
  /** Lines that can match nothing, each with the reason; the rest of the file holds. */
  readonly problems: readonly IgnoreProblem[];
}

/** Compiles the text of an ignore file; never throws for what a user may write. */
export type CompileIgnoreRules = (text: string) => IgnoreRules;
