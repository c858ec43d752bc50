import { type ByteString, toByteString } from "./byte-string.ts";

/** One line of an ignore file that holds a pattern, taken apart as git does. */
export interface PatternLine {
  /** From 1. */
  readonly line: number;
  /** The pattern as `git check-ignore -v` prints it: without the trailing spaces that don't count. */
  readonly text: string;
  /** `!`: brings back in. */
  readonly negated: boolean;
  /** A slash at the end: matches folders only. */
  readonly folderOnly: boolean;
  /** A slash at the beginning or inside: matched against the whole path, not against the last component. */
  readonly anchored: boolean;
  /** What is left to match, without `!`, the slash at the end and one at the beginning. May be empty. */
  readonly glob: ByteString;
}

/**
 * The patterns of an ignore file, in its order. Lines end with LF or CR LF, the last one also with nothing; a byte order
 * mark at the very beginning is skipped; a line ends early at a NUL, as C strings do.
 */
export function parseIgnoreFile(text: string): PatternLine[] {
  const content = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const patterns: PatternLine[] = [];
  for (const [index, raw] of content.split("\n").entries()) {
    // "#" is looked for before anything else: "\#" is a pattern, and so is " #".
    if (raw === "" || raw.startsWith("#")) continue;
    const pattern = parseLine(raw, index + 1);
    if (pattern.text !== "") patterns.push(pattern);
  }
  return patterns;
}

function parseLine(raw: string, line: number): PatternLine {
  const ended = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
  const nul = ended.indexOf("\0");
  const text = trimTrailingSpaces(nul < 0 ? ended : ended.slice(0, nul));

  const negated = text.startsWith("!");
  let glob = negated ? text.slice(1) : text;
  const folderOnly = glob.endsWith("/");
  if (folderOnly) glob = glob.slice(0, -1);
  const anchored = glob.includes("/");
  if (glob.startsWith("/")) glob = glob.slice(1);
  return { line, text, negated, folderOnly, anchored, glob: toByteString(glob) };
}

/** Spaces only (a tab stays), up to the first one that a backslash keeps; a backslash that ends the line keeps them all. */
function trimTrailingSpaces(text: string): string {
  let firstSpace = -1;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === " ") {
      if (firstSpace < 0) firstSpace = at;
      continue;
    }
    if (character === "\\") {
      at++;
      if (at === text.length) return text;
    }
    firstSpace = -1;
  }
  return firstSpace < 0 ? text : text.slice(0, firstSpace);
}
