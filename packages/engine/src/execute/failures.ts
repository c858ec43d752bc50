import type { Clock, Randomness } from "../ports/clock.ts";
import type { FileSystemError, FileSystemErrorCode, WatchHint } from "../ports/file-system.ts";
import type { Store } from "../ports/store.ts";
import { baseName, isWithin, type NodeId, parentPath, type RelativePath } from "../ports/values.ts";

/** The first pause after a failed operation, and the longest, in milliseconds. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 60_000;

interface Failure {
  readonly tries: number;
  /** Monotonic time from which it may be tried again. */
  readonly due: number;
  /** For people; null where a failure only means that our picture was out of date. */
  readonly reason: string | null;
  /** The place on disk that something which is not synced has taken; null where that is not why. */
  readonly taken: RelativePath | null;
  /** There was no room for it on disk. */
  readonly isFull: boolean;
}

/**
 * What was tried and did not work, per node, so that nothing is tried again and again at once. Never stored: after a
 * start everything is tried anew.
 */
export function createFailures(store: Store, clock: Clock, randomness: Randomness) {
  const failures = new Map<NodeId, Failure>();
  return {
    /**
     * `reason` null: the plan was out of date; a sentence: it is shown as not synced until it works. `taken`: where that is,
     * if it says that something which is not synced has the place. `isFull`: there was no room for it on disk.
     */
    add(id: NodeId, reason: string | null, taken: RelativePath | null = null, isFull = false): void {
      const tries = (failures.get(id)?.tries ?? 0) + 1;
      const pause = Math.min(FIRST_PAUSE * 2 ** (reason === null ? tries - 1 : tries + 4), LONGEST_PAUSE);
      failures.set(id, {
        tries,
        due: clock.monotonic() + pause * (0.5 + randomness.next() / 2),
        reason,
        taken,
        isFull,
      });
      store.changed.add(id);
    },
    /** The disk refused an operation at `place`. */
    async refused(
      id: NodeId,
      error: FileSystemError,
      place: RelativePath,
      explainTaken: () => Promise<string | null>,
    ): Promise<void> {
      const taken = error.code === "exists" ? await explainTaken() : null;
      // Else it only means that our picture was out of date: the next look brings another plan.
      const isReason = error.code !== "exists" && !OUTDATED.has(error.code);
      this.add(id, isReason ? error.message : taken, taken === null ? null : place, error.code === "full");
    },
    clear(id: NodeId): void {
      failures.delete(id);
    },
    /** What is no longer to be done has not failed. */
    forget(isDone: (id: NodeId) => boolean): void {
      for (const id of failures.keys()) if (isDone(id)) failures.delete(id);
    },
    /** Everything may be tried at once: the user asked, or what stood in the way is gone. */
    retryAll(): void {
      for (const [id, failure] of failures) failures.set(id, { ...failure, due: 0 });
    },
    /** What was found in a taken place may be tried at once when something happens there. */
    heard(hints: readonly WatchHint[]): void {
      for (const [id, failure] of failures) {
        const { taken } = failure;
        if (taken !== null && hints.some((hint) => concerns(hint, taken))) failures.set(id, { ...failure, due: 0 });
      }
    },
    isTaken: (id: NodeId): boolean => (failures.get(id)?.taken ?? null) !== null,
    /** Whether it waits for room on the disk. */
    isFull: (id: NodeId): boolean => failures.get(id)?.isFull ?? false,
    waiting(id: NodeId): boolean {
      const failure = failures.get(id);
      return failure !== undefined && failure.due > clock.monotonic();
    },
    /**
     * Milliseconds until the next may be tried again; null when none waits. What has fallen due `since` the last plan was
     * begun may have been left out there: it is due now.
     */
    nextTry(since: number): number | null {
      let next: number | null = null;
      const now = clock.monotonic();
      for (const [id, failure] of failures) {
        if (store.local.get(id) === undefined && store.remote.get(id) === undefined) failures.delete(id);
        else if (failure.due > since) next = Math.min(next ?? Number.POSITIVE_INFINITY, Math.max(0, failure.due - now));
      }
      return next;
    },
    /** For people; undefined where nothing failed, or only our picture was out of date. */
    reasonOf: (id: NodeId): string | undefined => failures.get(id)?.reason ?? undefined,
    reasons(): ReadonlyMap<NodeId, string> {
      const result = new Map<NodeId, string>();
      for (const [id, { reason }] of failures) if (reason !== null) result.set(id, reason);
      return result;
    },
  };
}

export type Failures = ReturnType<typeof createFailures>;

function concerns(hint: WatchHint, place: RelativePath): boolean {
  if (hint.kind === "subtree") return isWithin(place, hint.path);
  return hint.path === parentPath(place) && (hint.names?.includes(baseName(place)) ?? true);
}

/** What the disk has there is not what was seen; nor what a folder on the way to it was seen as. */
const OUTDATED: ReadonlySet<FileSystemErrorCode> = new Set(["changed", "not-found", "not-a-folder"]);
