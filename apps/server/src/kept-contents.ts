import type { DropboxHistory } from "@twinfold/dropbox";
import { createContentHasher } from "@twinfold/dropbox-rules";
import { RemoteError } from "@twinfold/engine";
import { keptVersion } from "@twinfold/session";
import type { PlacedInstance } from "./hierarchy.ts";
import { withAnyKeptVersions } from "./kept-versions.ts";
import type { Links } from "./links.ts";
import type { SnapshotContent, SnapshotContents } from "./snapshot-contents.ts";

/** A content that is still kept somewhere. */
export interface Kept {
  /** Bytes. */
  readonly size: number;
  /** Hands it over, and says at its end whether it was whole. @throws RemoteError, and what the receiver throws */
  read(accept: (content: AsyncIterable<Uint8Array>) => Promise<void>, signal: AbortSignal): Promise<void>;
}

/** What an instance's files have had, by paths and Dropbox's hashes. */
export interface KeptContents {
  /** @throws RemoteError `not-found` where nobody keeps it any more, and whatever keeps Dropbox from answering */
  find(path: string, hash: string): Promise<Kept>;
}

/** Gives what a user's Dropbox and the instance's snapshots have kept to `work`. @throws what `withAnyKeptVersions` does */
export function withKeptContents<T>(
  { links, snapshots }: { readonly links: Links; readonly snapshots: Pick<SnapshotContents, "find"> },
  userId: string,
  instance: PlacedInstance,
  work: (contents: KeptContents) => Promise<T>,
): Promise<T> {
  const inSnapshot = (path: string, hash: string) => snapshots.find(instance.id, path, hash);
  return withAnyKeptVersions(links, userId, instance, (history, _) => work(keptContents(history, inSnapshot)));
}

/**
 * Dropbox has kept most, so it is asked first; what it can't give, a snapshot may have. Where Dropbox does not answer just now,
 * it is not gone round: it may have it a minute later.
 * @param history null where none is linked
 */
function keptContents(
  history: DropboxHistory | null,
  inSnapshot: (path: string, hash: string) => Promise<SnapshotContent | null>,
): KeptContents {
  async function inDropbox(path: string, hash: string): Promise<Kept | null> {
    if (history === null) return null;
    const version = await keptVersion(history, path, hash).catch((error: unknown) => {
      // A folder has its name there by now.
      if (error instanceof RemoteError && error.code === "conflict") return null;
      throw error;
    });
    return version && { size: version.size, read: (accept, signal) => history.read(version, accept, signal) };
  }

  return {
    async find(path, hash) {
      let none = new RemoteError("not-found", nowhere(history !== null));
      const dropbox = await inDropbox(path, hash).catch((error: unknown) => {
        if (!(error instanceof RemoteError) || error.code !== "revoked") throw error;
        // The link is no good any more, and does not become so by waiting.
        none = error;
        return null;
      });
      const kept = dropbox ?? (await snapshotted(path, hash));
      if (kept === null) throw none;
      const read: Kept["read"] = (accept, signal) => kept.read((content) => accept(verified(content, hash)), signal);
      return { size: kept.size, read };
    },
  };

  async function snapshotted(path: string, hash: string): Promise<Kept | null> {
    const found = await inSnapshot(path, hash);
    return found && { size: found.size, read: async (accept) => accept(found.open()) };
  }
}

function nowhere(isLinked: boolean): string {
  return isLinked
    ? "Dropbox does not keep this version any more, and no snapshot has it."
    : "No Dropbox is linked that may have kept this version, and no snapshot has it.";
}

/** @throws RemoteError `mismatch` at its end, before whoever takes it believes that it is whole */
async function* verified(content: AsyncIterable<Uint8Array>, wanted: string): AsyncIterable<Uint8Array> {
  const hasher = createContentHasher();
  for await (const chunk of content) {
    hasher.update(chunk);
    yield chunk;
  }
  if (hasher.digest() !== wanted) throw new RemoteError("mismatch", "It arrived damaged: try again.");
}
