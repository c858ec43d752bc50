import type { SharedGate } from "../gate.ts";
import { inLimbo } from "../observe/limbo.ts";
import { knownId } from "../observe/remote-observer.ts";
import { transientName } from "../plan/names.ts";
import type { Operation } from "../plan/operation.ts";
import type { FileSystem } from "../ports/file-system.ts";
import type { IgnoreRules } from "../ports/ignore.ts";
import { type Remote, type RemoteEntry, RemoteError, type RemoteWrite, type WriteResult } from "../ports/remote.ts";
import { type LocalNode, pathOf, type RemoteNode, type Store } from "../ports/store.ts";
import {
  joinPath,
  type Name,
  type NodeId,
  parentPath,
  type RelativePath,
  type RemoteId,
  type Seconds,
} from "../ports/values.ts";
import { advanceContent, advancePlace } from "./adjust.ts";
import { createFolderCopier } from "./copied-folders.ts";
import type { Failures } from "./failures.ts";
import type { Done, Outcome } from "./outcome.ts";
import type { Unanswered } from "./unanswered.ts";

/** Of files with one content, so many are looked at for one that can be copied. */
const MOST_CANDIDATES = 4;

export interface RemoteExecutorParts {
  readonly fileSystem: FileSystem;
  readonly remote: Remote;
  readonly store: Store;
  readonly now: () => Seconds;
  readonly gate: SharedGate;
  readonly failures: Failures;
  readonly unanswered: Unanswered;
  readonly lookAgain: (folder: RelativePath) => void;
  /** A file's hash is not that of its bytes, whatever its fingerprint says. */
  readonly hashAgain: (node: NodeId) => void;
  /** By which it knows the names that it gives for a moment. */
  readonly mark: string;
  /** Puts what a write was answered with into the remote tree. @returns the node that has it now */
  readonly written: (entry: RemoteEntry, as: NodeId) => NodeId;
  /** Done when the changes have told of what a write did beyond its answer; until then nothing is planned. */
  readonly expect: (meet: () => void) => void;
  readonly rules: () => IgnoreRules;
  /** What lies in a folder that is copied comes with it: nothing is begun for these until that has ended. */
  readonly takeAlong: (folder: NodeId, ids: readonly NodeId[]) => void;
  /** The remote copies no folder as large as this one. */
  readonly onCopyRefused: (node: NodeId) => void;
  /** Reads the remote's changes now. @throws RemoteError */
  readonly refresh: (signal: AbortSignal) => Promise<void>;
  /** The remote's own state is not as we thought: read its changes before anything else. */
  readonly readChanges: () => void;
  /** Something that stops more than one node: full, revoked, offline. */
  readonly onTrouble: (error: RemoteError) => void;
  readonly progress: (operation: Operation, bytes: number) => void;
  readonly done: Done;
  readonly ended: (operation: Operation) => void;
}

/** Carries out writes at the remote, all that are ready in one call, so that it can batch them. */
export function createRemoteExecutor(parts: RemoteExecutorParts) {
  const { fileSystem, remote, store, failures, unanswered } = parts;
  const copier = createFolderCopier(parts);

  /**
   * What the remote is asked to do, with what it must find there; null when the trees have moved on.
   * @param made the new folders of this call, which may lie in each other
   */
  function request(
    operation: Operation,
    read: Map<NodeId, LocalNode>,
    made: Map<NodeId, RelativePath>,
  ): RemoteWrite | null {
    const { node, parent, name } = operation;
    const path = joinPath(made.get(parent) ?? pathOf(store.remote, parent), name);
    const present = store.remote.get(node);
    switch (operation.kind) {
      case "create-folder": {
        const local = store.local.get(node);
        if (local !== undefined) read.set(node, local);
        unanswered.sendTo(node, null, { parent, name });
        made.set(node, path);
        return { kind: "create-folder", key: node, path };
      }
      case "move":
        if (present === undefined) return null;
        unanswered.place(node, { parent, name });
        return {
          kind: "move",
          key: node,
          from: pathOf(store.remote, node),
          id: knownId(present),
          path,
          aside: transientName(node, name, parts.mark),
        };
      case "delete":
        if (present === undefined) return null;
        unanswered.remove(node);
        return deletion(present);
      case "transfer": {
        const local = store.local.get(node);
        if (local === undefined || local.hash === null || inLimbo(store.local, local)) return null;
        const from = pathOf(store.local, node);
        read.set(node, local);
        if (present === undefined) unanswered.sendTo(node, local.hash, { parent, name });
        else unanswered.send(node, local.hash);
        return {
          kind: "upload",
          key: node,
          path,
          base: present?.rev ?? null,
          copyOf: present === undefined ? sameContent(local) : undefined,
          size: local.size,
          hash: local.hash,
          mtime: local.mtime,
          open: () => fileSystem.open(from, local.fingerprint),
          progress: (bytes) => parts.progress(operation, bytes),
        };
      }
      default:
        return operation.kind satisfies never;
    }
  }

  /** Another file with this content that the remote has already, if any. */
  function sameContent({ hash, size }: LocalNode): RemoteId | undefined {
    if (hash === null || size === 0) return undefined;
    const others = store.remote.byHash(hash, MOST_CANDIDATES).filter(({ downloadable }) => downloadable);
    return others.map(knownId).find((id) => id !== null) ?? undefined;
  }

  function deletion(present: RemoteNode): RemoteWrite {
    const { id, kind, rev } = present;
    const planned = stateOf(id);
    return {
      kind: "delete",
      key: id,
      path: pathOf(store.remote, id),
      rev,
      id: kind === "folder" ? knownId(present) : null,
      isWanted: () => store.remote.get(id) !== undefined && stateOf(id) === planned,
    };
  }

  function settle(
    operation: Operation,
    result: WriteResult,
    read: LocalNode | undefined,
    copied: readonly LocalNode[] | undefined,
  ): void {
    const { node } = operation;
    if ("error" in result) {
      fail(operation, result.error);
      return;
    }
    const { entry } = result;
    const before = pathOf(store.remote, node);
    const present = store.remote.get(node);
    const deleted = entry === null && present !== undefined ? deletions(present, before) : [];
    let as = node;
    store.transaction(() => {
      if (entry === null) forget(node);
      else as = parts.written(entry, node);
      const written = store.remote.get(node);
      if (operation.kind === "move" && operation.transient !== true && as === node && written !== undefined) {
        const { parent, name } = operation;
        advancePlace(store, node, parent, spelledOnDisk(operation), written.name, remote.names.key(name), parts.now());
      }
      // Deleted on disk meanwhile, it is deleted: without a base it would look new at the remote.
      if (operation.kind !== "move" && read !== undefined && as === node && written !== undefined)
        advanceContent(store, remote.names, read, written, parts.now());
      if (copied !== undefined && as === node) copier.copied(operation, copied);
    });
    failures.clear(node);
    unanswered.answered(node, operation.kind === "move");
    // The remote had known it as another: what became of the node shows in the changes.
    if (as !== node) parts.readChanges();
    for (const one of deleted) parts.done(operation, one);
    if (entry === null) return;
    const path = pathOf(store.remote, as);
    const isSent = operation.kind === "transfer" && entry.kind === "file";
    parts.done(operation, {
      kind: entry.kind,
      path,
      ...(operation.kind === "move" ? { from: before } : {}),
      was: isSent ? (present?.hash ?? null) : null,
      now: isSent ? entry.hash : null,
      ...(isSent ? { bytes: entry.size } : {}),
    });
  }

  /** Both sides are done with it. What is on disk again by now is new: a deletion of ours is not to be done to that. */
  function forget(id: NodeId): void {
    for (const child of store.remote.children(id)) forget(child.id);
    store.remote.remove(id);
    store.synced.remove(id);
  }

  /** What goes with a node that is deleted whole, itself last. */
  function deletions(node: RemoteNode, path: RelativePath): Outcome[] {
    const below = store.remote.children(node.id).flatMap((child) => deletions(child, joinPath(path, child.name)));
    return [...below, { kind: node.kind, path, was: node.hash, now: null }];
  }

  /** The name as its user wrote it, where that is still the one that was moved to. */
  function spelledOnDisk({ node, name }: Operation): Name {
    const local = store.local.get(node);
    return local !== undefined && remote.names.canonical(local.name) === name ? local.name : name;
  }

  function fail(operation: Operation, error: RemoteError): void {
    const local = store.local.get(operation.node);
    switch (error.code) {
      case "conflict":
      case "not-found":
      case "reset":
      case "no-root":
        failures.add(operation.node, null);
        parts.readChanges();
        break;
      case "source-changed":
      case "mismatch":
        failures.add(operation.node, null);
        if (local === undefined) break;
        parts.lookAgain(parentPath(pathOf(store.local, operation.node)));
        // Also where nothing but its bytes has changed: what is written through memory (mmap) shows in no time and no size.
        parts.hashAgain(operation.node);
        break;
      case "refused":
        if (operation.copyOf !== undefined) parts.onCopyRefused(operation.node);
        failures.add(operation.node, operation.copyOf === undefined ? error.message : null);
        break;
      case "offline":
        unanswered.fails();
        parts.readChanges();
        parts.onTrouble(error);
        break;
      case "full":
      case "revoked":
        parts.onTrouble(error);
        break;
      default:
        error.code satisfies never;
    }
  }

  /** Where a folder is at the remote, and which versions of what lie in it. */
  function stateOf(id: NodeId): string {
    return `${pathOf(store.remote, id)} ${contentsOf(id)}`;
  }

  function contentsOf(id: NodeId): string {
    const node = store.remote.get(id);
    const below = store.remote.children(id).map((child) => contentsOf(child.id));
    return `${id} ${node?.remoteId} ${node?.rev ?? ""}(${below.join()})`;
  }

  /**
   * Dropbox deletes or copies a folder with whatever is in it by then, and takes no precondition. So its changes are read
   * right before: what someone has put there since the plan was made is not to go, nor to be copied.
   * @returns the operations that can be tried
   */
  async function lookBefore(operations: readonly Operation[], signal: AbortSignal): Promise<readonly Operation[]> {
    const isOfFolder = ({ kind, node, copyOf }: Operation) =>
      copyOf !== undefined || (kind === "delete" && store.remote.get(node)?.kind === "folder");
    const folders = new Set(operations.filter(isOfFolder));
    if (folders.size === 0) return operations;
    try {
      await parts.refresh(signal);
      return operations;
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error;
      for (const operation of folders) {
        fail(operation, error);
        parts.ended(operation);
      }
      return operations.filter((operation) => !folders.has(operation));
    }
  }

  return {
    async run(planned: readonly Operation[], signal: AbortSignal): Promise<void> {
      const byKey = new Map<number, Operation>();
      const read = new Map<NodeId, LocalNode>();
      const writes = new Map<Operation, RemoteWrite>();
      const made = new Map<NodeId, RelativePath>();
      for (const operation of planned) {
        const write = request(operation, read, made);
        if (write === null) {
          parts.ended(operation);
          continue;
        }
        writes.set(operation, write);
      }
      for (const operation of await lookBefore([...writes.keys()], signal)) byKey.set(operation.node, operation);
      const copied = new Map<NodeId, readonly LocalNode[]>();
      try {
        if (byKey.size === 0) return;
        await remote.write(
          [...byKey.values()].map((operation) => {
            const copy = copier.writeOf(operation);
            if (copy !== null) copied.set(operation.node, copy.nodes);
            return copy?.write ?? (writes.get(operation) as RemoteWrite);
          }),
          parts.gate,
          // What is answered at one time is written in one transaction.
          (results) =>
            store.transaction(() => {
              for (const result of results) {
                const operation = byKey.get(result.key);
                if (operation === undefined) continue;
                byKey.delete(result.key);
                settle(operation, result, read.get(operation.node), copied.get(operation.node));
                parts.ended(operation);
              }
            }),
          signal,
        );
      } finally {
        // Ended early: the next plan finds them again.
        if (byKey.size > 0) unanswered.fails();
        for (const operation of byKey.values()) parts.ended(operation);
      }
    },
  };
}
