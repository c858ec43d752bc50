import type { Lock } from "../gate.ts";
import { inLimbo, putPlaced } from "../observe/limbo.ts";
import type { Mounts } from "../observe/mounts.ts";
import type { Operation } from "../plan/operation.ts";
import { type FileSystem, FileSystemError } from "../ports/file-system.ts";
import type { RemoteNames } from "../ports/remote.ts";
import { type LocalNode, pathOf, type Store } from "../ports/store.ts";
import {
  type Fingerprint,
  joinPath,
  type NodeId,
  parentPath,
  type RelativePath,
  type Seconds,
} from "../ports/values.ts";
import { advanceContent, advancePlace } from "./adjust.ts";
import type { Failures } from "./failures.ts";
import type { Done } from "./outcome.ts";

export interface LocalExecutorParts {
  readonly fileSystem: FileSystem;
  readonly store: Store;
  readonly now: () => Seconds;
  readonly names: RemoteNames;
  readonly lock: Lock;
  readonly failures: Failures;
  readonly lookAgain: (folder: RelativePath) => void;
  /** A folder of ours is there: it is to be watched, and looked into. */
  readonly lookInto: (folder: RelativePath) => void;
  /** The disk took no more. */
  readonly onFull: () => void;
  /** The name is taken by something that was not known of: why it stays so, or null when a second look will tell. */
  readonly explainTaken: (operation: Operation, target: RelativePath) => Promise<string | null>;
  /** A folder that was to go stays, for what it holds, while it has this fingerprint. */
  readonly onKept: (node: NodeId, fingerprint: Fingerprint) => void;
  /** What was to be moved is given up where it is: it comes anew, as another node, to where it belongs. */
  readonly onGivenUp: (node: NodeId) => void;
  readonly awayNow: Mounts["awayNow"];
  readonly done: Done;
}

/**
 * Carries out what needs no bytes from the remote: folders, moves, deletions on disk. Each is checked again by the file
 * system against what was observed; whatever is found otherwise is looked at again, never forced.
 */
export function createLocalExecutor(parts: LocalExecutorParts) {
  const { fileSystem, store, names, lock, failures } = parts;

  function put(node: LocalNode, path: RelativePath): void {
    if (putPlaced(store, names, node) !== null) parts.lookAgain(parentPath(path));
  }

  async function execute(operation: Operation, isAway: (path: RelativePath) => boolean): Promise<void> {
    const { node, parent, name } = operation;
    const folder = store.local.get(parent);
    const present = store.local.get(node);
    // Something else was seen there since it was planned.
    if ([folder, present].some((one) => one !== undefined && inLimbo(store.local, one))) return;
    const target = joinPath(pathOf(store.local, parent), name);
    const from = present === undefined ? target : pathOf(store.local, node);
    // The disk there has gone since: nothing is done in the folder that it leaves.
    if (isAway(target) || isAway(from)) return;
    try {
      switch (operation.kind) {
        case "create-folder": {
          if (present !== undefined) return;
          const stat = await fileSystem.createFolder(target);
          store.transaction(() => {
            const created: LocalNode = {
              ...stat,
              kind: "folder",
              id: node,
              parent,
              name,
              key: names.key(name),
              hash: null,
              special: null,
            };
            put(created, target);
            parts.lookInto(target);
            const there = store.remote.get(node);
            if (there !== undefined) advanceContent(store, names, created, there, parts.now());
          });
          break;
        }
        case "move": {
          if (present === undefined) return;
          const stat = await fileSystem.move(from, target, present.identity);
          store.transaction(() => {
            // Renamed, it has another fingerprint; and it may have been written to just before: its content is read again.
            const { identity, fingerprint, size, mtime } = stat;
            const place = { parent, name, key: names.key(name) };
            put({ ...present, ...place, identity, fingerprint, size, mtime, hash: null }, target);
            // Its watch went with its old name.
            if (present.kind === "folder") parts.lookInto(target);
            const there = store.remote.get(node);
            if (operation.transient !== true && there !== undefined && there.key === place.key)
              advancePlace(store, node, parent, name, there.name, place.key, parts.now());
          });
          break;
        }
        case "delete": {
          if (present === undefined) return;
          if (present.kind === "folder") await fileSystem.removeFolder(from, present.identity);
          else await fileSystem.removeFile(from, present.fingerprint);
          store.transaction(() => {
            store.local.remove(node);
            // Both sides are done with it: brought back in Dropbox by now, it is new.
            store.synced.remove(node);
          });
          break;
        }
        case "transfer":
          throw new Error("transfers are not the local executor's");
        default:
          operation.kind satisfies never;
      }
      failures.clear(node);
      parts.done(operation, {
        kind: operation.kind === "create-folder" || present?.kind === "folder" ? "folder" : "file",
        path: operation.kind === "delete" ? from : target,
        ...(operation.kind === "move" ? { from } : {}),
        was: operation.kind === "delete" ? (present?.hash ?? null) : null,
        now: null,
      });
    } catch (error) {
      if (!(error instanceof FileSystemError) || error.code === "root") throw error;
      parts.lookAgain(parentPath(from));
      parts.lookAgain(parentPath(target));
      if (error.code === "cross-device" && operation.kind === "move" && store.remote.get(node) !== undefined) {
        // Nothing is moved between two disks: it goes from the one, if it is as it was, and is brought to the other.
        store.transaction(() => store.reidentify("remote", node, store.newId()));
        parts.onGivenUp(node);
        return;
      }
      if (error.code === "full") parts.onFull();
      if (error.code === "not-empty" && present !== undefined) {
        // It holds what is not synced (ignored files), and stays with just those; or what was not heard of.
        parts.onKept(node, present.fingerprint);
        parts.lookAgain(from);
        return;
      }
      await failures.refused(node, error, target, () => parts.explainTaken(operation, target));
    }
  }

  return {
    /** One after the other, while nothing else looks at the disk. */
    run: (operations: readonly Operation[], signal: AbortSignal) =>
      lock.run(async () => {
        const isAway = await parts.awayNow();
        for (const operation of operations) {
          if (signal.aborted) return;
          await execute(operation, isAway);
        }
      }),
  };
}
