import type { SavedSnapshot } from "./catalogue.ts";
import { isFolder, parseSeen, type Tree } from "./tree.ts";

/** The hashes of all trees and contents of some snapshots. */
export function heldBy(snapshots: readonly SavedSnapshot[], readTree: (hash: string) => Tree) {
  const trees = new Set<string>();
  const files = new Set<string>();
  const visit = (hash: string) => {
    if (trees.has(hash)) return;
    trees.add(hash);
    for (const entry of readTree(hash).values()) {
      if (isFolder(entry)) visit(entry.hash);
      else if (parseSeen(entry).kind === "file") files.add(entry.hash);
    }
  };
  for (const { tree } of snapshots) visit(tree);
  return { trees, files };
}
