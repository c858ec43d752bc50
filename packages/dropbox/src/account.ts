import { canonicalName, MAXIMUM_FILE_SIZE, nameKey, nameRefusal, pathKey } from "@twinfold/dropbox-rules";
import {
  type Clock,
  createLock,
  type Name,
  type NameKey,
  type Randomness,
  type RelativePath,
  type Remote,
  type RemoteEntry,
  RemoteError,
  type RemoteNames,
} from "@twinfold/engine";
import { z } from "zod";
import { DropboxApiError, remoteErrorOf } from "./api-error.ts";
import { createAppFolder, type FolderMove } from "./app-folder.ts";
import { createArgumentBudget } from "./argument-budget.ts";
import { createBatchRamp } from "./batch-ramp.ts";
import { uploadMany, WORTH_A_BATCH } from "./batch-uploads.ts";
import { readChanges, waitForChange } from "./changes.ts";
import { copyContents } from "./copies.ts";
import { copyFolder } from "./folder-copy.ts";
import { createHistory, type DropboxHistory } from "./history.ts";
import type { DropboxHosts } from "./hosts.ts";
import { FILES_AT_ONCE, inParallel } from "./in-parallel.ts";
import { createKeptSessions } from "./kept-sessions.ts";
import { parseMetadata } from "./metadata.ts";
import type { App } from "./oauth.ts";
import { createPacing } from "./pacing.ts";
import { readAll } from "./reads.ts";
import type { RemotePath } from "./remote-path.ts";
import { LARGEST_WHOLE, uploadOne } from "./single-uploads.ts";
import { writeStructure } from "./structure-writes.ts";
import { createThrottle, type Throttle } from "./throttle.ts";
import { createTokenKeeper } from "./token-keeper.ts";
import { createTransport } from "./transport.ts";
import type { WriteParts } from "./write-parts.ts";

/** Dropbox's rules for names, as the engine asks for them. */
export const dropboxNames: RemoteNames = {
  key: (name) => nameKey(name) as NameKey,
  canonical: (name) => canonicalName(name) as Name,
  refusal: nameRefusal,
  maximumFileSize: MAXIMUM_FILE_SIZE,
};

export interface AccountDetails {
  readonly accountId: string;
  readonly name: string;
  readonly email: string;
}

/** Bytes. */
export interface SpaceUsage {
  readonly used: number;
  readonly allocated: number;
}

/** One linked account. All sessions of a link share its token, its connections and its manners. */
export interface DropboxAccount {
  /** One folder of the app folder, for one engine. */
  folder(path: RemotePath, who: string, onWarning?: (message: string) => void): Remote;
  /** What Dropbox has kept of the files in such a folder. */
  history(path: RemotePath): DropboxHistory;
  /** Moves a session's folder, or one that it lies in, to another name. @throws RemoteError */
  moveFolder(from: RemotePath, to: RemotePath, signal?: AbortSignal): Promise<FolderMove>;
  /** Deletes such a folder with all that is in it. @returns whether it was there. @throws RemoteError */
  removeFolder(path: RemotePath, signal?: AbortSignal): Promise<boolean>;
  /**
   * Copies such a folder with all that is in it, within Dropbox; it counts against the quota. `to` is a name that nothing else
   * can have. @returns whether there was anything to copy @throws RemoteError
   */
  copyFolder(from: RemotePath, to: RemotePath, signal?: AbortSignal): Promise<boolean>;
  /** @throws RemoteError */
  currentAccount(signal?: AbortSignal): Promise<AccountDetails>;
  /** @throws RemoteError */
  spaceUsage(signal?: AbortSignal): Promise<SpaceUsage>;
  /** Ends the authorization at Dropbox. A link that is at its end already is no error. @throws RemoteError */
  revoke(signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

const account = z.object({ account_id: z.string(), name: z.object({ display_name: z.string() }), email: z.string() });
const space = z.object({ used: z.number(), allocation: z.looseObject({ allocated: z.number().default(0) }) });
const never = new AbortController().signal;

export function openDropboxAccount(options: {
  readonly hosts: DropboxHosts;
  readonly app: App;
  readonly refreshToken: string;
  readonly clock: Clock;
  readonly randomness: Randomness;
  /** The pace of contents, where it is shared with others or may be limited. */
  readonly throttle?: Throttle | undefined;
}): DropboxAccount {
  const { hosts, clock } = options;
  const pacing = createPacing(clock, options.randomness);
  const transport = createTransport(hosts, createTokenKeeper(options), options.throttle ?? createThrottle(clock));
  const budget = createArgumentBudget();
  const ramp = createBatchRamp(clock);
  const kept = createKeptSessions(clock);
  const batchCommits = createLock();
  const appFolder = createAppFolder({ transport, pacing });

  async function ask<T>(route: string, shape: z.ZodType<T>, signal: AbortSignal): Promise<T> {
    try {
      return shape.parse(await pacing.persist(signal, () => transport.rpc(route, null, signal)));
    } catch (error) {
      signal.throwIfAborted();
      throw remoteErrorOf(error);
    }
  }

  function folder(root: RemotePath, who: string, onWarning: (message: string) => void = () => undefined): Remote {
    const key = pathKey(root);
    const full = fullPath(root);
    const changesParts = { transport, pacing, clock, path: root as string, key, onWarning };

    async function lookup(path: RelativePath, signal: AbortSignal): Promise<RemoteEntry | null> {
      try {
        const answer = await pacing.persist(signal, () =>
          transport.rpc("files/get_metadata", { path: full(path) }, signal),
        );
        const entry = parseMetadata(answer, key);
        // Nothing is there only where Dropbox says so.
        if (entry === null) throw new RemoteError("offline", "Dropbox's answer is not understood: trying again later.");
        return entry.kind === "deleted" ? null : entry;
      } catch (error) {
        signal.throwIfAborted();
        const says = remoteErrorOf(error);
        if (says.code === "not-found") return null;
        throw says;
      }
    }

    return {
      names: dropboxNames,
      who,
      async createRoot() {
        try {
          await pacing.persist(never, () =>
            transport.rpc("files/create_folder_v2", { path: root, autorename: false }, never),
          );
        } catch (error) {
          if (error instanceof DropboxApiError && error.tags === "path/conflict/folder") return;
          throw remoteErrorOf(error);
        }
      },
      changes: (cursor, signal) => readChanges(changesParts, cursor, signal),
      waitForChange: (cursor, signal) => waitForChange(changesParts, cursor, signal),
      lookup,
      async write(writes, gate, report, signal) {
        const parts: WriteParts = {
          transport,
          pacing,
          clock,
          gate,
          signal,
          budget,
          ramp,
          kept,
          batchCommits,
          key,
          path: full,
          lookup: (path) => lookup(path, signal),
          report,
        };
        // Before anything is deleted that is to be copied.
        const uploads = await copyContents(
          parts,
          writes.filter((write) => write.kind === "upload"),
        );
        const small = uploads.filter((upload) => upload.size <= LARGEST_WHOLE && upload.size > 0);
        const batch = small.length >= WORTH_A_BATCH ? small : [];
        const inBatch = new Set(batch);
        await Promise.all([
          writeStructure(
            parts,
            writes.filter((write) => write.kind !== "upload"),
          ),
          uploadMany(parts, batch),
          inParallel(
            uploads.filter((upload) => !inBatch.has(upload)),
            FILES_AT_ONCE,
            (upload) => uploadOne(parts, upload),
          ),
        ]);
      },
      read: (reads, extent, report, signal) =>
        readAll({ transport, pacing, path: full, report, signal }, reads, extent),
    };
  }

  return {
    folder,
    history: (path) => createHistory({ transport, pacing, full: fullPath(path) }),
    moveFolder: (from, to, signal = never) => appFolder.move(from, to, signal),
    removeFolder: (path, signal = never) => appFolder.remove(path, signal),
    async copyFolder(from, to, signal = never) {
      try {
        return await copyFolder({ transport, pacing, clock, signal }, from, to);
      } catch (error) {
        signal.throwIfAborted();
        throw remoteErrorOf(error);
      }
    },
    async currentAccount(signal = never) {
      const answer = await ask("users/get_current_account", account, signal);
      return { accountId: answer.account_id, name: answer.name.display_name, email: answer.email };
    },
    async spaceUsage(signal = never) {
      const answer = await ask("users/get_space_usage", space, signal);
      return { used: answer.used, allocated: answer.allocation.allocated };
    },
    async revoke(signal = never) {
      try {
        await ask("auth/token/revoke", z.unknown(), signal);
      } catch (error) {
        const says = remoteErrorOf(error);
        if (says.code !== "revoked") throw says;
      }
    },
    close: () => transport.close(),
  };
}

function fullPath(root: RemotePath): (relative: string) => string {
  return (relative) => (relative === "" ? root : `${root}/${relative}`);
}
