import type { Clock, CommitGate, Lock, RelativePath, RemoteEntry, WriteResult } from "@twinfold/engine";
import type { ArgumentBudget } from "./argument-budget.ts";
import type { BatchRamp } from "./batch-ramp.ts";
import type { KeptSessions } from "./kept-sessions.ts";
import type { Pacing } from "./pacing.ts";
import type { Transport } from "./transport.ts";

/** What every kind of write needs, for the time of one call. */
export interface WriteParts {
  readonly transport: Transport;
  readonly pacing: Pacing;
  readonly clock: Clock;
  readonly gate: CommitGate;
  readonly signal: AbortSignal;
  readonly budget: ArgumentBudget;
  readonly ramp: BatchRamp;
  readonly kept: KeptSessions;
  /** Of the account: two batches that are committed at the same time wait for each other in Dropbox, or are refused. */
  readonly batchCommits: Lock;
  /** The session's folder as a key, for reading answers. */
  readonly key: string;
  /** The full path of a path in the session's folder. */
  path(relative: string): string;
  lookup(path: RelativePath): Promise<RemoteEntry | null>;
  report(results: readonly WriteResult[]): void;
}
