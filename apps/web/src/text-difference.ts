import { structuredPatch } from "diff";

/** Lines that are shown around each difference. */
const CONTEXT = 3;
/** Milliseconds that are spent on finding the differences; lines of them that are shown. */
const TIME = 2_000;
const MOST_LINES = 400;
/** Characters of a line that are shown. */
const LONGEST_LINE = 2_000;

/** Two lines beside each other: the same, or what is on one side only. */
export interface LinePair {
  readonly theirs: string | null;
  readonly mine: string | null;
}

/** Where two texts differ, with a few lines around it. */
export interface TextDifference {
  /** Parts of the texts, from these lines on, counted from 1. */
  readonly parts: readonly {
    readonly theirsFrom: number;
    readonly mineFrom: number;
    readonly lines: readonly LinePair[];
  }[];
  /** There are more lines than are told. */
  readonly more: boolean;
}

/** @returns null for two that differ so much that it would take too long to say how */
export function differenceOf(theirs: string, mine: string): TextDifference | null {
  const patch = structuredPatch("", "", theirs, mine, undefined, undefined, { context: CONTEXT, timeout: TIME });
  if (patch === undefined) return null;
  let room = MOST_LINES;
  const parts = patch.hunks.map(({ oldStart, newStart, lines }) => {
    const pairs = beside(lines).slice(0, room);
    room -= pairs.length;
    return { theirsFrom: oldStart, mineFrom: newStart, lines: pairs };
  });
  return { parts: parts.filter(({ lines }) => lines.length > 0), more: room === 0 };
}

/** What was taken out stands beside what was put in in its place. */
function beside(lines: readonly string[]): LinePair[] {
  const pairs: LinePair[] = [];
  let gone: string[] = [];
  let come: string[] = [];
  let last: string[] = [];
  const settle = () => {
    for (let at = 0; at < Math.max(gone.length, come.length); at++)
      pairs.push({ theirs: gone[at] ?? null, mine: come[at] ?? null });
    gone = [];
    come = [];
  };
  for (const line of lines) {
    const text = line.length > LONGEST_LINE ? `${line.slice(1, LONGEST_LINE)}…` : line.slice(1);
    if (line.startsWith("-")) {
      gone.push(text);
      last = gone;
    } else if (line.startsWith("+")) {
      come.push(text);
      last = come;
    } else if (line.startsWith(" ")) {
      settle();
      pairs.push({ theirs: text, mine: text });
      last = [];
      // "\ No newline at end of file": of the line before.
    } else if (last.length > 0) last.push(`${last.pop()} (without a line end)`);
  }
  settle();
  return pairs;
}
