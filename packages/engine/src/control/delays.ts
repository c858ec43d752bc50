import type { Operation } from "../plan/operation.ts";
import type { Clock } from "../ports/clock.ts";
import type { WatchHint } from "../ports/file-system.ts";
import { pathOf, type Trees } from "../ports/store.ts";
import { joinPath, type NodeId } from "../ports/values.ts";
import type { Delays } from "../status.ts";
import { delaysInWords } from "./delays-in-words.ts";
import { createRecentDelays } from "./recent-delays.ts";
import type { Situation } from "./situation.ts";

/** Operations of one direction, waiting or under way, that are still single changes. */
const MOST_AT_ONCE = 8;
/** Files that were heard of and not looked for yet, at the most; of more it counts when they were found. */
const MOST_HEARD = 64;

type Side = Operation["side"];

/** When a change was noticed. */
interface Since {
  readonly at: number;
  /** Whether it was whole by then: its writer had closed the file. */
  readonly closed: boolean;
}

export interface DelaysParts {
  readonly clock: Clock;
  readonly trees: Trees;
  readonly situation: Situation;
  readonly underWay: ReadonlyMap<NodeId, Operation>;
  /** Whether nothing can be done about it for now. */
  readonly isFailing: (id: NodeId) => boolean;
  /** Something keeps sync as a whole from going on, and the status says what. */
  readonly isHindered: () => boolean;
  /** Whether all on disk that was heard of was looked at, and nothing has to be looked for a second time. */
  readonly looksDone: () => boolean;
}

/**
 * Measures how long it takes until the content of a file that was created or edited is on the other side. It only
 * watches: nothing that is planned or done depends on it, and nothing of it outlives the engine.
 *
 * - **Up**: from the moment the watcher (or the platform) told that the file's writer had closed it, or of its first change
 *   where it stays open, to the commit's answer from Dropbox. Where nobody told of the file, from the beginning of the look
 *   that found it. Of several changes that go up as one the first counts.
 * - **Down**: from the moment the long poll said that something had changed to the file being in its place on disk.
 *
 * So waiting for the file to hold still, hashing, queues, retries of requests, limits of bandwidth and the transfer itself
 * are in it, whatever the file's size. Not in it are what the kernel takes to tell, what passes until a change is found
 * that nobody tells of, and what Dropbox takes to answer the poll: its clock is another, and in whole seconds.
 *
 * Only single changes count: with more than `MOST_AT_ONCE` operations of its direction on their way, none does, nor any
 * that was among them. Neither does what is there when the engine begins, what waits while sync is paused or offline or the
 * like, a file that could not be read or sent at first, what was not told of by a poll, nor moves, deletions and folders.
 */
export function createDelays({ clock, trees, situation, underWay, isFailing, isHindered, looksDone }: DelaysParts) {
  const directions = { remote: createDirection(), local: createDirection() };
  /** When the poll told of changes that are not read yet, and of those that were read for the next plan. */
  let told: number | null = null;
  let read: number | null = null;
  let figures: Delays | null = null;

  /** On disk changes are heard of by path, and a file may become another node before it is planned for. */
  const keyOf = (side: Side, id: NodeId) => (side === "remote" ? pathOf(trees.local, id) : String(id));

  /** What is on its way to a side; null where that is more than single changes. */
  function onTheWay(side: Side): ReadonlyMap<string, "waits" | "fails" | "goes"> | null {
    const found = new Map<string, "waits" | "fails" | "goes">();
    let count = 0;
    for (const id of waitingFor(side)) {
      const fails = isFailing(id);
      if (!fails && ++count > MOST_AT_ONCE) return null;
      found.set(keyOf(side, id), fails ? "fails" : "waits");
    }
    for (const operation of underWay.values()) {
      if (operation.side !== side) continue;
      if (++count > MOST_AT_ONCE) return null;
      const key = keyOf(side, operation.node);
      if (!found.has(key)) found.set(key, "goes");
    }
    return found;
  }

  function* waitingFor(side: Side): Generator<NodeId> {
    const { ready, waiting, unsettled } = situation.outlook;
    for (const operations of [ready, waiting]) {
      for (const operation of operations) if (operation.side === side) yield operation.node;
    }
    if (side === "remote") yield* unsettled;
  }

  return {
    /** Told of by the watcher, or by the platform. */
    heard(hints: readonly WatchHint[]): void {
      const at = clock.monotonic();
      for (const hint of hints) {
        if (hint.kind === "subtree") continue;
        for (const name of hint.names ?? []) {
          const closed = hint.closed?.includes(name) === true;
          if (!directions.remote.heard(joinPath(hint.path, name), { at, closed })) return;
        }
      }
    },
    /** The long poll says that something changed in Dropbox. */
    toldOfChanges(): void {
      told ??= clock.monotonic();
    },
    /** What changed in Dropbox is read from now on. */
    readsChanges(): void {
      read = told;
      told = null;
    },
    /** A plan was made, after a look at both sides that began then. */
    planned(lookBegan: number): void {
      const hindered = isHindered();
      const isOver = ({ at }: Since) => at < lookBegan && looksDone();
      directions.remote.follow(hindered ? null : onTheWay("remote"), { at: lookBegan, closed: false }, isOver);
      const since = read === null ? null : { at: read, closed: true };
      directions.local.follow(hindered ? null : onTheWay("local"), since, () => true);
      read = null;
    },
    begins({ side, kind, node }: Operation): void {
      if (kind === "transfer") directions[side].begins(node, keyOf(side, node));
    },
    done({ side, kind, node }: Operation): void {
      if (kind !== "transfer" || !directions[side].done(node, clock.monotonic())) return;
      const [up, down] = [directions.remote.figures(), directions.local.figures()];
      const message = delaysInWords(up, down);
      figures = message === null ? null : { up, down, message };
    },
    /** Done or not. */
    ended: ({ side, node }: Operation) => directions[side].ended(node),
    /** Null until there was one. */
    figures: () => figures,
  };
}

/** Changes of one direction, from when they were noticed. */
function createDirection() {
  const recent = createRecentDelays();
  /** What is to go, or was heard of and may be; null: it does not count. */
  const noticed = new Map<string, Since | null>();
  const going = new Map<NodeId, { readonly key: string; readonly since: Since | null }>();
  /** What is on its way was not alone, or was there already when the engine began. */
  let isAmongMany = true;

  return {
    /** @returns whether more can be noted */
    heard(key: string, since: Since): boolean {
      const known = noticed.get(key);
      if (known === undefined && noticed.size >= MOST_HEARD) return false;
      if (known === undefined || (known !== null && !known.closed && since.closed)) noticed.set(key, since);
      return true;
    },
    /** @param since when that was noticed which nobody had told of; null: it does not count */
    follow(
      found: ReadonlyMap<string, "waits" | "fails" | "goes"> | null,
      since: Since | null,
      isOver: (since: Since) => boolean,
    ): void {
      if (found === null) {
        noticed.clear();
        isAmongMany = true;
        return;
      }
      for (const [key, known] of noticed) if (!found.has(key) && (known === null || isOver(known))) noticed.delete(key);
      for (const [key, how] of found) {
        if (isAmongMany || how === "fails") noticed.set(key, null);
        else if (how === "waits" && !noticed.has(key)) noticed.set(key, since);
      }
      isAmongMany = false;
    },
    begins(node: NodeId, key: string): void {
      going.set(node, { key, since: noticed.get(key) ?? null });
      noticed.delete(key);
    },
    /** @returns whether it counts */
    done(node: NodeId, now: number): boolean {
      const since = going.get(node)?.since ?? null;
      going.delete(node);
      if (since !== null) recent.add(now - since.at);
      return since !== null;
    },
    /** What did not come to its end is tried again, and counts from when it was noticed first. */
    ended(node: NodeId): void {
      const one = going.get(node);
      if (one === undefined) return;
      going.delete(node);
      noticed.set(one.key, one.since);
    },
    figures: recent.figures,
  };
}
