import type { ActivityVersion } from "@twinfold/api";
import { RemoteError } from "@twinfold/engine";
import { hashedFile } from "@twinfold/session";
import type { ActivityLog } from "./activity-log.ts";
import type { PlacedInstance } from "./hierarchy.ts";
import { type Kept, withKeptContents } from "./kept-contents.ts";
import type { Links } from "./links.ts";
import type { Places } from "./places.ts";
import { nameOf } from "./saved-as.ts";
import { RequestError } from "./server-error.ts";
import type { SnapshotContents } from "./snapshot-contents.ts";
import { openWorkspaceFiles } from "./workspace-files.ts";

/** What a file was before and after a change of a user's sync, for as long as anybody has it. */
export function createActivityVersions(parts: {
  readonly activity: ActivityLog;
  readonly links: Links;
  readonly places: Places;
  readonly snapshots: SnapshotContents;
}) {
  const { activity, places } = parts;

  /** What is there now, if it is that; nobody has to be asked for it. */
  async function asItIs(instanceId: string, path: string, hash: string): Promise<Kept | null> {
    const files = openWorkspaceFiles(places, instanceId);
    if ((await hashedFile(files, path).catch(() => null))?.hash !== hash) return null;
    const { size, content } = await files.read(path);
    return { size, read: (accept) => accept(content) };
  }

  return {
    /** Hands a version to `use`, which is to take it whole before it returns. @throws RequestError where nobody has it */
    async use(
      userId: string,
      instance: PlacedInstance,
      entryId: string,
      which: ActivityVersion,
      use: (name: string, kept: Kept) => Promise<void>,
    ): Promise<void> {
      const entry = await activity.ownEntry(userId, instance.id, entryId);
      const hash = entry[which];
      if (hash === null) throw new RequestError(404, "no-version", "There was no file there.");
      const { path } = entry;
      const name = nameOf(path);
      const there = await asItIs(instance.id, path, hash);
      if (there !== null) return use(name, there);
      await withKeptContents(parts, userId, instance, async (contents) => {
        const kept = await contents.find(path, hash).catch((error: unknown) => {
          if (!(error instanceof RemoteError) || error.code !== "not-found") throw error;
          throw new RequestError(404, "not-kept", error.message);
        });
        await use(name, kept);
      });
    },
  };
}

export type ActivityVersions = ReturnType<typeof createActivityVersions>;
