import { parseSeen, type TreeEntry } from "./tree.ts";

/** A content that a file had when a snapshot was taken. */
export interface SnapshotVersion {
  readonly snapshotId: string;
  readonly size: number;
  /** Of snapshots' own: SHA-256, in hexadecimal digits. */
  readonly hash: string;
}

/**
 * The contents that one path had in some snapshots, each once.
 * @param snapshots the newest first @param entryIn what such a snapshot has at the path
 */
export function versionsOf(
  snapshots: readonly { readonly id: string; readonly tree: string }[],
  entryIn: (tree: string) => TreeEntry | undefined,
): SnapshotVersion[] {
  const found = new Map<string, SnapshotVersion>();
  for (const { id, tree } of snapshots) {
    const entry = entryIn(tree);
    if (entry === undefined || found.has(entry.hash)) continue;
    const { kind, size } = parseSeen(entry);
    if (kind === "file") found.set(entry.hash, { snapshotId: id, size, hash: entry.hash });
  }
  return [...found.values()];
}
