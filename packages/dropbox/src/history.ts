import { type ContentHash, type RelativePath, RemoteError, type Rev } from "@twinfold/engine";
import { z } from "zod";
import { DropboxApiError, remoteErrorOf } from "./api-error.ts";
import type { Pacing } from "./pacing.ts";
import { readOne } from "./reads.ts";
import type { Transport } from "./transport.ts";

/** As many as `list_revisions` gives at once. */
export const MOST_VERSIONS = 100;

/** A version of a file that Dropbox still has. */
export interface FileVersion {
  readonly rev: Rev;
  /** Bytes. */
  readonly size: number;
  /** Null for a cloud document, which has no bytes of its own. */
  readonly hash: ContentHash | null;
  /** When its writer says that it was modified, and when Dropbox got it: ISO 8601, UTC. */
  readonly modified: string;
  readonly saved: string;
}

/** What Dropbox has kept of the file at a path: for 30 days, or as long as the account's plan says. */
export interface FileHistory {
  /** Newest first. Where the file is there, the first is what it is now. */
  readonly versions: readonly FileVersion[];
  readonly isDeleted: boolean;
  /** Whether there are older ones than these. */
  readonly more: boolean;
}

/** The versions of the files in one folder of an account. */
export interface DropboxHistory {
  /** @param most from 1 to 100 @returns null where Dropbox never had a file @throws RemoteError `conflict`: a folder is there */
  versions(path: RelativePath, most: number, signal?: AbortSignal): Promise<FileHistory | null>;
  /** Makes a version what the file is now. @throws RemoteError `not-found`: Dropbox has no such version of that path */
  restore(path: RelativePath, rev: Rev, signal?: AbortSignal): Promise<void>;
  /**
   * Hands a version's bytes to a receiver, whose part it is to verify the hash. @throws RemoteError, and what the receiver
   * throws
   */
  read(
    version: FileVersion,
    accept: (content: AsyncIterable<Uint8Array>) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<void>;
}

const version = z.object({
  rev: z.string().min(1),
  size: z.number().int().nonnegative(),
  content_hash: z.string().optional(),
  client_modified: z.string(),
  server_modified: z.string(),
});
const revisions = z.object({
  is_deleted: z.boolean(),
  entries: z.array(version),
  has_more: z.boolean().default(false),
});
const never = new AbortController().signal;

/** @param full a path as Dropbox is asked for it */
export function createHistory(parts: {
  readonly transport: Transport;
  readonly pacing: Pacing;
  readonly full: (path: RelativePath) => string;
}): DropboxHistory {
  const { transport, pacing, full } = parts;

  async function ask(route: string, argument: object, signal: AbortSignal): Promise<unknown> {
    return pacing.persist(signal, () => transport.rpc(route, argument, signal));
  }

  return {
    async versions(path, most, signal = never) {
      try {
        const argument = { path: full(path), mode: "path", limit: most };
        const { is_deleted, entries, has_more } = revisions.parse(await ask("files/list_revisions", argument, signal));
        return {
          isDeleted: is_deleted,
          more: has_more,
          versions: entries.map((one) => ({
            rev: one.rev as Rev,
            size: one.size,
            hash: (one.content_hash ?? null) as ContentHash | null,
            modified: one.client_modified,
            saved: one.server_modified,
          })),
        };
      } catch (error) {
        signal.throwIfAborted();
        const says = remoteErrorOf(error);
        if (says.code === "not-found") return null;
        throw says;
      }
    },
    async restore(path, rev, signal = never) {
      try {
        await ask("files/restore", { path: full(path), rev }, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof DropboxApiError && error.tags.startsWith("invalid_revision"))
          throw new RemoteError("not-found", `Dropbox has no version ${rev} of ${path}.`, { cause: error });
        throw remoteErrorOf(error);
      }
    },
    async read({ rev, size, hash }, accept, signal = never) {
      if (hash === null) throw new RemoteError("refused", "This is a cloud document without a file of its own.");
      try {
        await pacing.transfer(signal, () => readOne(transport, pacing, `rev:${rev}`, { size, hash, accept }, signal));
      } catch (error) {
        signal.throwIfAborted();
        // The receiver's own is thrown on.
        throw remoteErrorOf(error);
      }
    },
  };
}
