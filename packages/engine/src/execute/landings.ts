import type { Lock } from "../gate.ts";
import { inLimbo, putPlaced } from "../observe/limbo.ts";
import type { Mounts } from "../observe/mounts.ts";
import type { Operation } from "../plan/operation.ts";
import {
  type FileSystem,
  FileSystemError,
  type LocalStat,
  type StagedFile,
  WRITTEN_SINCE,
} from "../ports/file-system.ts";
import type { RemoteNames } from "../ports/remote.ts";
import { type LocalNode, pathOf, type RemoteNode, type Store } from "../ports/store.ts";
import { joinPath, type NodeId, parentPath, type RelativePath, type Seconds } from "../ports/values.ts";
import { advanceContent } from "./adjust.ts";
import type { Failures } from "./failures.ts";
import type { Done } from "./outcome.ts";

/** So many files are brought to their places before it is written down: until then nothing else looks at the disk. */
const MOST_TOGETHER = 32;

/** A content in staging, verified, and what was known when it was asked for. */
export interface Arrival {
  readonly operation: Operation;
  readonly wanted: RemoteNode;
  readonly expected: LocalNode | undefined;
  readonly staged: StagedFile;
}

/** One that is at its place, and not written down yet. */
interface Placed extends Arrival {
  readonly path: RelativePath;
  readonly present: LocalNode | undefined;
  readonly stat: LocalStat;
}

interface Waiting {
  readonly arrival: Arrival;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

export interface LandingParts {
  readonly fileSystem: FileSystem;
  readonly remote: { readonly names: RemoteNames };
  readonly store: Store;
  readonly now: () => Seconds;
  readonly lock: Lock;
  readonly failures: Failures;
  readonly lookAgain: (folder: RelativePath) => void;
  /** Whether a node is left out of sync where it is to be as of now. */
  readonly isLeftOut: (node: NodeId) => boolean;
  /** Looks which disks are there, right before something is put into place. */
  readonly awayNow: Mounts["awayNow"];
  readonly done: Done;
  /** The disk did not take it. */
  readonly fail: (operation: Operation, error: FileSystemError, path: RelativePath) => Promise<void>;
}

/** Where on disk the content of an operation belongs. */
export function placeOf(store: Pick<Store, "local">, { node, parent, name }: Operation): RelativePath {
  return store.local.get(node) === undefined ? joinPath(pathOf(store.local, parent), name) : pathOf(store.local, node);
}

/**
 * Brings what has arrived to its place, if nothing has changed there meanwhile. What has gathered while others were brought
 * to theirs is written down together: a transaction for each file costs more than to write it.
 */
export function createLandings(parts: LandingParts) {
  const { fileSystem, remote, store, lock, failures } = parts;
  const waiting: Waiting[] = [];

  /** @returns null where it is not to be there any more, or the disk did not take it */
  async function place(arrival: Arrival, isAway: (path: RelativePath) => boolean): Promise<Placed | null> {
    const { operation, wanted, expected, staged } = arrival;
    const present = store.local.get(operation.node);
    const known = store.remote.get(operation.node);
    const folder = store.local.get(present?.parent ?? operation.parent);
    // The trees have moved on while bytes came in: plan again.
    const stale =
      known === undefined ||
      known.rev !== wanted.rev ||
      present?.fingerprint !== expected?.fingerprint ||
      folder === undefined ||
      // The file's own place may be taken by another, or that of a folder above it.
      inLimbo(store.local, present ?? folder);
    if (stale) return null;
    // It, or a folder above it, has got an ignored name meanwhile: nothing is touched there.
    if (parts.isLeftOut(operation.node)) return null;
    const path = placeOf(store, operation);
    // Its disk has gone: what is put in the folder that it leaves would be behind it when it is back, and taken for deleted.
    if (isAway(path)) return null;
    try {
      const stat = await fileSystem.place(staged, path, present?.fingerprint ?? null, wanted.mtime);
      return { ...arrival, path, present, stat };
    } catch (error) {
      if (!(error instanceof FileSystemError) || error.code === "root") throw error;
      await parts.fail(operation, error, path);
      return null;
    }
  }

  /** @returns whether it could be: the rules may have changed at that very moment, and what they leave out is in no tree */
  function writeDown({ operation, wanted, path, present, stat }: Placed): boolean {
    const { node } = operation;
    const place = present ?? {
      parent: operation.parent,
      name: operation.name,
      key: remote.names.key(operation.name),
    };
    const isLetGo = place.parent === null || store.local.get(place.parent) === undefined;
    if (isLetGo || parts.isLeftOut(node)) {
      parts.lookAgain(parentPath(path));
      return false;
    }
    const landed: LocalNode = {
      id: node,
      parent: place.parent,
      name: place.name,
      key: place.key,
      kind: "file",
      identity: stat.identity,
      fingerprint: stat.fingerprint,
      size: stat.size,
      mtime: stat.mtime,
      hash: wanted.hash,
      special: null,
    };
    if (putPlaced(store, remote.names, landed) !== null || stat.fingerprint === WRITTEN_SINCE)
      parts.lookAgain(parentPath(path));
    advanceContent(store, remote.names, landed, wanted, parts.now());
    return true;
  }

  async function landSome(): Promise<void> {
    const some = waiting.splice(0, MOST_TOGETHER);
    const placed: (Waiting & { readonly at: Placed })[] = [];
    // Awaited for each: where it can't be told, all who wait hear why.
    const away = parts.awayNow();
    for (const one of some) {
      try {
        const at = await place(one.arrival, await away);
        if (at === null) one.resolve();
        else placed.push({ ...one, at });
      } catch (error) {
        one.reject(error);
      }
    }
    try {
      const written = store.transaction(() => placed.filter(({ at }) => writeDown(at)));
      for (const { at } of written) {
        const { operation, path, present, wanted } = at;
        failures.clear(operation.node);
        const was = present?.hash ?? null;
        parts.done(operation, { kind: "file", path, was, now: wanted.hash, bytes: wanted.size });
      }
      for (const { resolve } of placed) resolve();
    } catch (error) {
      for (const { reject } of placed) reject(error);
    }
  }

  return {
    /** Resolves when it is at its place, or will not be. @throws FileSystemError `root`; what the store throws */
    land(arrival: Arrival): Promise<void> {
      return new Promise((resolve, reject) => {
        waiting.push({ arrival, resolve, reject });
        // Whoever has the lock takes all that waits by then: for the others nothing is left, as a rule.
        void lock.run(() => (waiting.length === 0 ? undefined : landSome()));
      });
    },
  };
}
