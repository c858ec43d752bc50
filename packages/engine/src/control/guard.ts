import type { Operation } from "../plan/operation.ts";
import type { Clock } from "../ports/clock.ts";
import type { Store } from "../ports/store.ts";
import type { NodeId } from "../ports/values.ts";
import { createRecentLosses, filesWithin, WINDOW } from "./recent-losses.ts";

/** SPEC section 4, mass deletion: more than this many files and more than this share of a side. */
export interface DeletionLimits {
  readonly files: number;
  /** From 0 to 1. */
  readonly share: number;
  /** A side that held at least so many files is not emptied without a question either. */
  readonly emptied: number;
}

export const DEFAULT_DELETION_LIMITS: DeletionLimits = { files: 100, share: 0.2, emptied: 10 };

/** How long deletions, and a person's word about them, wait for looks that are under way, in milliseconds. */
const LONGEST_WAIT = 1_000;

type Side = "local" | "remote";
const SIDES: readonly Side[] = ["local", "remote"];

/** A person's word about what is held back. */
export type HeldChoice = "apply" | "bring back";

/** Holds back deletions that are too many to be believed without a person's word. */
export function createDeletionGuard(parts: {
  readonly store: Store;
  readonly clock: Clock;
  readonly limits: DeletionLimits;
  /** Whether all that was heard of was looked at: what is missing may be more than is known yet. */
  readonly looksDone: () => boolean;
}) {
  const { store, clock, limits } = parts;
  const approved = new Set<NodeId>();
  const gone = { local: createRecentLosses(store.local), remote: createRecentLosses(store.remote) };
  /** How many files a side held, whenever it was asked within the last minute. */
  const counts: { readonly at: number; local: number; remote: number }[] = [];
  let held: readonly Operation[] = [];
  /** What a person is being asked about, and until when it was last to be deleted: for a moment it may be unclear whether. */
  const asked = new Map<NodeId, { readonly side: Side; readonly at: number }>();
  let choice: HeldChoice | null = null;
  let waitsSince: number | null = null;

  /** Counts the files of both sides; what a person has given up is not among them, there or already gone. */
  function count(now: number): void {
    while (counts[0] !== undefined && now - counts[0].at > WINDOW) counts.shift();
    const remaining = (side: Side) =>
      store[side].countFiles() - filesTaken(store, side, uppermost(store, side, approved));
    counts.push({ at: now, local: remaining("local"), remote: remaining("remote") });
  }

  function approveHeld(): void {
    for (const side of SIDES) {
      const given = held.filter((one) => one.side === side).map(({ node }) => node);
      const files = filesTaken(store, side, uppermost(store, side, new Set(given)));
      for (const one of counts) one[side] -= files;
    }
    for (const { node } of held) approved.add(node);
  }

  function isTooMany(side: Side, deletions: readonly Operation[], sent: ReadonlySet<NodeId>): boolean {
    const nodes = uppermost(store, side, new Set(deletions.map(({ node }) => node)));
    const files = filesTaken(store, side, nodes, sent);
    // An emptied folder that goes last takes nothing along, whatever went before it.
    if (files === 0) return false;
    const present = counts.at(-1)?.[side] ?? 0;
    const most = Math.max(present, ...counts.map((one) => one[side]));
    const lost = gone[side].most(nodes);
    return (lost > limits.files && lost > most * limits.share) || (files >= present && lost >= limits.emptied);
  }

  /** Whether there is no use in waiting for more to be seen. */
  function hasSeenAll(): boolean {
    if (parts.looksDone()) return true;
    waitsSince ??= clock.monotonic();
    return clock.monotonic() - waitsSince >= LONGEST_WAIT;
  }

  function approve(id: NodeId): void {
    approved.add(id);
    for (const child of store.synced.children(id)) approve(child.id);
  }

  return {
    held: () => held,
    /**
     * Looks at a whole plan. @param underWay what is being carried out: its files count, since they are not gone yet.
     * @returns whether a person's word took effect, so that everything is to be planned anew
     */
    review(planned: readonly Operation[], underWay: readonly Operation[]): boolean {
      const deletions = planned.filter(({ kind }) => kind === "delete");
      const begun = underWay.filter(({ kind }) => kind === "delete");
      const known = new Set([...deletions, ...begun].map(({ node }) => node));
      // Lives on the other side by then, and its folder with it: no deletion takes it along.
      const sent = new Set(underWay.filter(({ kind }) => kind === "transfer").map(({ node }) => node));
      for (const id of approved) if (!known.has(id)) approved.delete(id);
      const now = clock.monotonic();
      for (const side of SIDES) gone[side].look(known, now);
      for (const [node, { side, at }] of asked)
        if (now - at > WINDOW || store[side].get(node) === undefined) asked.delete(node);
      held = [];
      if (deletions.length === 0) {
        waitsSince = null;
        choice = null;
        return false;
      }
      count(now);
      held = SIDES.flatMap((side) => {
        const own = deletions.filter((one) => one.side === side && !approved.has(one.node));
        const all = [...own, ...begun.filter((one) => one.side === side && !approved.has(one.node))];
        // Who is being asked about a deletion is to answer, though by now it may be one of few.
        return own.length > 0 && isTooMany(side, all, sent) ? own : own.filter(({ node }) => asked.has(node));
      });
      for (const { node, side } of held) asked.set(node, { side, at: now });
      if (choice === null || held.length === 0 || !hasSeenAll()) return false;
      if (choice === "apply") approveHeld();
      else {
        // What was deleted on one side is taken for new on the other: it comes back from there.
        store.transaction(() => {
          for (const [node, { side }] of asked)
            if (store[side === "local" ? "remote" : "local"].get(node) === undefined) store.synced.remove(node);
        });
      }
      held = [];
      asked.clear();
      choice = null;
      return true;
    },
    /** Deletions that are not held wait a little for what is still being looked at, and count with it. */
    mayBegin: (operation: Operation): boolean => operation.kind !== "delete" || hasSeenAll(),
    /** Something is about to be carried out: what it takes away counts, unless a person gave it up. */
    begins({ kind, side, node }: Operation): void {
      const now = clock.monotonic();
      if (kind === "delete" && !approved.has(node)) gone[side].goes(node, now);
      if (kind !== "transfer" || store[side].get(node) !== undefined) return;
      gone[side].comes(node, now);
      // What was never synced has just come to the other side, too: from a user.
      if (store.synced.get(node) === undefined) gone[side === "local" ? "remote" : "local"].comes(node, now);
    },
    /** Milliseconds until waiting deletions may begin; null when none waits. */
    nextTry(): number | null {
      if (waitsSince === null || parts.looksDone()) return null;
      return Math.max(1, waitsSince + LONGEST_WAIT - clock.monotonic());
    },
    /** A person's word; it takes effect at the next review. */
    resolve(word: HeldChoice): void {
      if (held.length > 0) choice = word;
    },
    /** A person gave up this item, with all that is in it. */
    approve,
  };
}

export type DeletionGuard = ReturnType<typeof createDeletionGuard>;

/** How many files deletions take along, none of which lies in another, but for those that are sent. */
function filesTaken(store: Store, side: Side, nodes: readonly NodeId[], sent?: ReadonlySet<NodeId>): number {
  let files = 0;
  for (const id of nodes) for (const file of filesWithin(store[side], id)) if (!sent?.has(file)) files++;
  return files;
}

/** Those that lie in none of the others. */
function uppermost(store: Store, side: Side, nodes: ReadonlySet<NodeId>): NodeId[] {
  const tree = store[side];
  const isCovered = (id: NodeId): boolean => {
    for (let up = tree.get(id)?.parent ?? null; up !== null; up = tree.get(up)?.parent ?? null)
      if (nodes.has(up)) return true;
    return false;
  };
  return [...nodes].filter((id) => !isCovered(id));
}
