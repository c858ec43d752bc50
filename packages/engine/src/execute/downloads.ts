import type { Lock } from "../gate.ts";
import { inLimbo, putPlaced } from "../observe/limbo.ts";
import type { Operation } from "../plan/operation.ts";
import { type FileSystem, FileSystemError, type LocalStat, type StagedFile } from "../ports/file-system.ts";
import { type Remote, RemoteError, type RemoteRead } from "../ports/remote.ts";
import { type LocalNode, pathOf, type RemoteNode, type Store } from "../ports/store.ts";
import { joinPath, type NodeId, parentPath, type RelativePath, type Seconds } from "../ports/values.ts";
import { advanceContent } from "./adjust.ts";
import type { Failures } from "./failures.ts";
import { folderExtent } from "./folder-extent.ts";
import type { Done } from "./outcome.ts";

export interface DownloadParts {
  readonly fileSystem: FileSystem;
  readonly remote: Remote;
  readonly store: Store;
  readonly now: () => Seconds;
  readonly lock: Lock;
  readonly failures: Failures;
  readonly lookAgain: (folder: RelativePath) => void;
  readonly readChanges: () => void;
  readonly onTrouble: (error: RemoteError) => void;
  readonly onFull: () => void;
  /** Whether a node is left out of sync where it is to be as of now. */
  readonly isLeftOut: (node: NodeId) => boolean;
  readonly explainTaken: (operation: Operation, target: RelativePath) => Promise<string | null>;
  readonly progress: (operation: Operation, bytes: number) => void;
  readonly done: Done;
  readonly ended: (operation: Operation) => void;
}

/** Brings contents to disk: into staging, verified, and only then, if nothing changed meanwhile, into their place. */
export function createDownloads(parts: DownloadParts) {
  const { fileSystem, remote, store, lock, failures } = parts;

  /** Where on disk the content belongs. */
  function placeOf({ node, parent, name }: Operation): RelativePath {
    return store.local.get(node) === undefined
      ? joinPath(pathOf(store.local, parent), name)
      : pathOf(store.local, node);
  }

  async function land(operation: Operation, wanted: RemoteNode, expected: LocalNode | undefined, staged: StagedFile) {
    const { node } = operation;
    const present = store.local.get(node);
    const known = store.remote.get(node);
    const folder = store.local.get(present?.parent ?? operation.parent);
    // The trees have moved on while bytes came in: plan again.
    const stale =
      known === undefined ||
      known.rev !== wanted.rev ||
      present?.fingerprint !== expected?.fingerprint ||
      folder === undefined ||
      // The file's own place may be taken by another, or that of a folder above it.
      inLimbo(store.local, present ?? folder);
    if (stale) return;
    // It, or a folder above it, has got an ignored name meanwhile: nothing is touched there.
    if (parts.isLeftOut(node)) return;
    const path = placeOf(operation);
    let stat: LocalStat;
    try {
      stat = await fileSystem.place(staged, path, present?.fingerprint ?? null, wanted.mtime);
    } catch (error) {
      if (!(error instanceof FileSystemError) || error.code === "root") throw error;
      await fail(operation, error, path);
      return;
    }
    const place = present ?? {
      parent: operation.parent,
      name: operation.name,
      key: remote.names.key(operation.name),
    };
    // The rules may have changed at that very moment: what they leave out is in no tree, and stays as it is.
    const isLetGo = place.parent === null || store.local.get(place.parent) === undefined;
    if (isLetGo || parts.isLeftOut(node)) {
      parts.lookAgain(parentPath(path));
      return;
    }
    store.transaction(() => {
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
      if (putPlaced(store, remote.names, landed) !== null) parts.lookAgain(parentPath(path));
      advanceContent(store, remote.names, landed, wanted, parts.now());
    });
    failures.clear(node);
    parts.done(operation, {
      kind: "file",
      path,
      was: present?.hash ?? null,
      now: wanted.hash,
      bytes: wanted.size,
    });
  }

  async function fail(operation: Operation, error: FileSystemError, path: RelativePath): Promise<void> {
    parts.lookAgain(parentPath(path));
    if (error.code === "full") parts.onFull();
    await failures.refused(operation.node, error, path, () => parts.explainTaken(operation, path));
  }

  /** Looks before the content is fetched again for a place that was taken. */
  async function isStillTaken(operation: Operation): Promise<boolean> {
    if (!failures.isTaken(operation.node)) return false;
    const path = placeOf(operation);
    const reason = await parts.explainTaken(operation, path);
    if (reason !== null) failures.add(operation.node, reason, path);
    return reason !== null;
  }

  /** What was to come did not arrive, or the disk did not take it. */
  async function refuse(operation: Operation, error: RemoteError | undefined): Promise<void> {
    if (error === undefined) return;
    if (error.cause instanceof FileSystemError)
      await fail(operation, error.cause, pathOf(store.remote, operation.node));
    else failRemote(operation, error);
  }

  function failRemote(operation: Operation, error: RemoteError): void {
    switch (error.code) {
      case "refused":
        failures.add(operation.node, error.message);
        break;
      case "revoked":
      case "offline":
      case "full":
        parts.onTrouble(error);
        break;
      default:
        failures.add(operation.node, null);
        parts.readChanges();
    }
  }

  return {
    async run(operations: readonly Operation[], signal: AbortSignal): Promise<void> {
      const staged = new Map<Operation, StagedFile>();
      const wanted = new Map<number, { operation: Operation; remote: RemoteNode; local: LocalNode | undefined }>();
      const landings = new Set<Promise<void>>();
      let broken: unknown;
      const reads: RemoteRead[] = [];
      for (const operation of operations) {
        const node = store.remote.get(operation.node);
        if (node === undefined || node.rev === null || node.hash === null) {
          parts.ended(operation);
          continue;
        }
        if (await isStillTaken(operation)) {
          parts.ended(operation);
          continue;
        }
        const expectedHash = node.hash;
        wanted.set(operation.node, { operation, remote: node, local: store.local.get(operation.node) });
        reads.push({
          key: operation.node,
          path: pathOf(store.remote, operation.node),
          id: node.remoteId,
          rev: node.rev,
          size: node.size,
          hash: expectedHash,
          async accept(content) {
            await staged.get(operation)?.discard();
            const file = await fileSystem.stage(placeOf(operation));
            staged.set(operation, file);
            const { hash } = await file.write(content);
            if (hash !== expectedHash)
              throw new RemoteError("mismatch", `${node.name} arrived with other content than announced`);
          },
          progress: (bytes) => parts.progress(operation, bytes),
        });
      }
      const finish = (operation: Operation) => {
        const file = staged.get(operation);
        staged.delete(operation);
        // What can't be discarded (the root is gone) is over all the same.
        return Promise.resolve(file?.discard()).finally(() => parts.ended(operation));
      };
      try {
        if (reads.length > 0) {
          await remote.read(
            reads,
            (folder, most) => folderExtent(store.remote, remote.names, folder, most),
            ({ key, error }) => {
              const one = wanted.get(key);
              if (one === undefined) return;
              wanted.delete(key);
              const file = staged.get(one.operation);
              if (error !== undefined || file === undefined) {
                landings.add(refuse(one.operation, error).then(() => finish(one.operation)));
                return;
              }
              landings.add(
                lock
                  .run(() => land(one.operation, one.remote, one.local, file))
                  .catch((reason: unknown) => {
                    broken ??= reason;
                  })
                  .then(() => finish(one.operation)),
              );
            },
            signal,
          );
        }
      } finally {
        // Also where one can't be discarded, the others end.
        const unanswered = [...wanted.values()].map(({ operation }) => finish(operation));
        await Promise.allSettled([...landings, ...unanswered]);
      }
      if (broken !== undefined) throw broken;
    },
  };
}
