import type { Lock, SharedGate } from "../gate.ts";
import type { Mounts } from "../observe/mounts.ts";
import type { Operation } from "../plan/operation.ts";
import type { FileSystem } from "../ports/file-system.ts";
import type { IgnoreRules } from "../ports/ignore.ts";
import type { Remote, RemoteEntry, RemoteError } from "../ports/remote.ts";
import type { Store } from "../ports/store.ts";
import type { Fingerprint, NodeId, RelativePath, Seconds } from "../ports/values.ts";
import { createDownloads } from "./downloads.ts";
import type { Failures } from "./failures.ts";
import { createLocalExecutor } from "./local-executor.ts";
import type { Done } from "./outcome.ts";
import { createRemoteExecutor } from "./remote-executor.ts";
import type { Unanswered } from "./unanswered.ts";

export interface CarrierParts {
  readonly fileSystem: FileSystem;
  readonly remote: Remote;
  readonly store: Store;
  readonly now: () => Seconds;
  readonly gate: SharedGate;
  readonly lock: Lock;
  readonly failures: Failures;
  readonly unanswered: Unanswered;
  readonly mark: string;
  readonly lookAgain: (folder: RelativePath) => void;
  readonly lookInto: (folder: RelativePath) => void;
  readonly written: (entry: RemoteEntry, as: NodeId) => NodeId;
  readonly expect: (meet: () => void) => void;
  readonly rules: () => IgnoreRules;
  readonly takeAlong: (folder: NodeId, ids: readonly NodeId[]) => void;
  readonly onCopyRefused: (node: NodeId) => void;
  readonly refresh: (signal: AbortSignal) => Promise<void>;
  readonly readChanges: () => void;
  readonly onTrouble: (error: RemoteError) => void;
  readonly onDiskFull: () => void;
  readonly onKept: (node: NodeId, fingerprint: Fingerprint) => void;
  readonly onGivenUp: (node: NodeId) => void;
  /** Whether a node is left out of sync where it is to be as of now. */
  readonly isLeftOut: (node: NodeId) => boolean;
  readonly awayNow: Mounts["awayNow"];
  readonly hashAgain: (node: NodeId) => void;
  /** The name is taken on disk by something that was not known of: why it stays so, or null when a second look will tell. */
  readonly explainTaken: (operation: Operation, target: RelativePath) => Promise<string | null>;
  readonly progress: (operation: Operation, bytes: number) => void;
  readonly done: Done;
  readonly ended: (operation: Operation) => void;
}

/** Hands operations to those who carry them out: the disk's at once, the remote's and the transfers in the background. */
export function createCarriers(parts: CarrierParts) {
  const onDisk = createLocalExecutor({ ...parts, names: parts.remote.names, onFull: parts.onDiskFull });
  const atRemote = createRemoteExecutor(parts);
  const downloads = createDownloads({ ...parts, onFull: parts.onDiskFull });
  const background = new Set<Promise<void>>();

  return {
    /** Resolves when what is done on disk alone is done. `onDefect` hears what only a defect can cause. */
    async carry(
      operations: readonly Operation[],
      signal: AbortSignal,
      onDefect: (reason: unknown) => void,
    ): Promise<void> {
      const start = (work: Promise<void>) => {
        const task = work
          .catch((reason: unknown) => {
            if (!signal.aborted) onDefect(reason);
          })
          .finally(() => background.delete(task));
        background.add(task);
      };
      const writes = operations.filter((operation) => operation.side === "remote");
      const reads = operations.filter((operation) => operation.side === "local" && operation.kind === "transfer");
      const local = operations.filter((operation) => operation.side === "local" && operation.kind !== "transfer");
      if (writes.length > 0) start(atRemote.run(writes, signal));
      if (reads.length > 0) start(downloads.run(reads, signal));
      try {
        if (local.length > 0) await onDisk.run(local, signal);
      } finally {
        for (const operation of local) parts.ended(operation);
      }
    },
    async settled(): Promise<void> {
      await Promise.allSettled(background);
    },
  };
}
