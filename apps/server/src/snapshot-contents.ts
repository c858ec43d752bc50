import type { Readable } from "node:stream";
import { hashOfStream } from "@twinfold/session";
import type { Restores } from "./restores.ts";

/** Hashes that are remembered: what a snapshot has never changes, and reading a large file again takes its time. */
const MOST_KNOWN = 10_000;

export interface SnapshotContent {
  readonly size: number;
  open(): Readable;
}

/**
 * Finds in an instance's snapshots what a file had, by Dropbox's hash of it, which is the only one that the activity knows;
 * snapshots keep their contents under another. So the few contents that the path ever had there are read.
 */
export function createSnapshotContents(restores: Pick<Restores, "of">) {
  const known = new Map<string, string>();

  /** @returns null where no snapshot has that at this path */
  async function find(instanceId: string, path: string, hash: string): Promise<SnapshotContent | null> {
    const snapshots = await restores.of(instanceId);
    for (const version of snapshots.versions(path)) {
      const open = () => snapshots.read(version.snapshotId, path).content;
      const contentHash = known.get(version.hash) ?? (await hashOfStream(open()));
      if (known.size < MOST_KNOWN) known.set(version.hash, contentHash);
      if (contentHash === hash) return { size: version.size, open };
    }
    return null;
  }

  return {
    find,
    hasAny: async (instanceId: string) => (await restores.of(instanceId)).list().length > 0,
  };
}

export type SnapshotContents = ReturnType<typeof createSnapshotContents>;
