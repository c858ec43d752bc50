import type { Operation } from "../plan/operation.ts";
import { FileSystemError, type StagedFile } from "../ports/file-system.ts";
import { type Remote, RemoteError, type RemoteRead } from "../ports/remote.ts";
import { type LocalNode, pathOf, type RemoteNode } from "../ports/store.ts";
import { parentPath, type RelativePath } from "../ports/values.ts";
import { folderExtent } from "./folder-extent.ts";
import { createLandings, type LandingParts, placeOf } from "./landings.ts";

export interface DownloadParts extends Omit<LandingParts, "fail"> {
  readonly remote: Remote;
  readonly readChanges: () => void;
  readonly onTrouble: (error: RemoteError) => void;
  readonly onFull: () => void;
  readonly explainTaken: (operation: Operation, target: RelativePath) => Promise<string | null>;
  readonly progress: (operation: Operation, bytes: number) => void;
  readonly ended: (operation: Operation) => void;
}

/** Brings contents to disk: into staging, verified, and only then, if nothing changed meanwhile, into their place. */
export function createDownloads(parts: DownloadParts) {
  const { fileSystem, remote, store, failures } = parts;
  const landings = createLandings({ ...parts, fail });

  async function fail(operation: Operation, error: FileSystemError, path: RelativePath): Promise<void> {
    parts.lookAgain(parentPath(path));
    if (error.code === "full") parts.onFull();
    await failures.refused(operation.node, error, path, () => parts.explainTaken(operation, path));
  }

  /** Looks before the content is fetched again for a place that was taken. */
  async function isStillTaken(operation: Operation): Promise<boolean> {
    if (!failures.isTaken(operation.node)) return false;
    const path = placeOf(store, operation);
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
      const ending = new Set<Promise<void>>();
      let broken: unknown;
      const reads: RemoteRead[] = [];
      for (const operation of operations) {
        const node = store.remote.get(operation.node);
        if (node === undefined || node.rev === null || node.hash === null) {
          parts.ended(operation);
          continue;
        }
        // As it was when this was planned: what is seen while it is looked there would be taken for it.
        const local = store.local.get(operation.node);
        if (await isStillTaken(operation)) {
          parts.ended(operation);
          continue;
        }
        const expectedHash = node.hash;
        wanted.set(operation.node, { operation, remote: node, local });
        reads.push({
          key: operation.node,
          path: pathOf(store.remote, operation.node),
          id: node.remoteId,
          rev: node.rev,
          size: node.size,
          hash: expectedHash,
          async accept(content) {
            await staged.get(operation)?.discard();
            const file = await fileSystem.stage(placeOf(store, operation));
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
                ending.add(refuse(one.operation, error).then(() => finish(one.operation)));
                return;
              }
              ending.add(
                landings
                  .land({ operation: one.operation, wanted: one.remote, expected: one.local, staged: file })
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
        await Promise.allSettled([...ending, ...unanswered]);
      }
      if (broken !== undefined) throw broken;
    },
  };
}
