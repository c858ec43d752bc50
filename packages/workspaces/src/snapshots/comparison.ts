import { toText } from "./bytes.ts";
import type { Difference } from "./difference.ts";
import { parseSeen } from "./tree.ts";

export interface ComparedPath {
  readonly path: string;
  readonly kind: "file" | "folder" | "link";
}

/** What became of a snapshot: as it looks from the snapshot's side, so what was made since is `added`. */
export interface Comparison {
  readonly added: readonly ComparedPath[];
  readonly changed: readonly ComparedPath[];
  readonly deleted: readonly ComparedPath[];
}

/** @param back the way back to the snapshot */
export function comparisonOf(back: Iterable<Difference>): Comparison {
  const comparison = { added: [], changed: [], deleted: [] } as Record<keyof Comparison, ComparedPath[]>;
  for (const { path, before, after } of back) {
    const entry = before ?? after;
    if (entry === undefined) continue;
    const into = after === undefined ? "added" : before === undefined ? "deleted" : "changed";
    comparison[into].push({ path: toText(path), kind: parseSeen(entry).kind });
  }
  return comparison;
}
