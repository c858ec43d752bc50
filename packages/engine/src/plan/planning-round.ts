import { applyAdjustments } from "../execute/adjust.ts";
import type { IgnoreRules } from "../ports/ignore.ts";
import type { Remote } from "../ports/remote.ts";
import type { Store } from "../ports/store.ts";
import type { NodeId, Seconds } from "../ports/values.ts";
import { createAlikeFinder } from "./alike.ts";
import type { NodeSet, PlanContext, Restored } from "./context.ts";
import { createMerger } from "./merge.ts";
import type { Adjustment, Operation, Parked } from "./operation.ts";
import { createPlaces } from "./places.ts";
import { plan } from "./planner.ts";
import { breakRings } from "./rings.ts";

/** What is to be done as of now. */
export interface Outlook {
  readonly ready: readonly Operation[];
  readonly waiting: readonly Operation[];
  /** What waits for something that will not leave by itself. */
  readonly stuck: readonly Parked[];
  readonly unsettled: readonly NodeId[];
}

export const NOTHING: Outlook = { ready: [], waiting: [], stuck: [], unsettled: [] };

/** Adjustments make new ones possible, folder by folder; a plan that never comes to rest is a defect. */
const MOST_ROUNDS = 1_000;

/** Plans until there is nothing left to adjust, and remembers what is parked. */
export function createPlanningRound(parts: {
  readonly store: Store;
  readonly remote: Pick<Remote, "names" | "who">;
  readonly rules: () => IgnoreRules;
  readonly unknown: NodeSet;
  readonly placeless: NodeSet;
  readonly obstructed: NodeSet;
  readonly takenNames: PlanContext["takenNames"];
  readonly left: PlanContext["left"];
  readonly keptOnDisk: NodeSet;
  readonly unanswered: PlanContext["unanswered"];
  readonly rewritten: PlanContext["rewritten"];
  /** What could not be done, for a reason that people are told. */
  readonly failing: NodeSet;
  /** A node is no longer synced, though it may lie where things are: it is to be looked at as if new. */
  readonly released: (id: NodeId) => void;
  /** What is on disk of a node has another id from now on. */
  readonly parted: (from: NodeId, to: NodeId) => void;
  readonly oneWay: boolean;
  /** Of how many nodes it is looked at a time whether both sides have them alike. */
  readonly agreedAtATime: number;
  readonly restored: () => Restored;
  readonly mark: string;
  readonly day: () => string;
  readonly now: () => Seconds;
}) {
  const { store } = parts;
  /** `at`: in which folders it lay. */
  const parked = new Map<NodeId, Parked & { readonly at: string }>();
  /** Of the folders above what is parked: where the plan that parked it had them. */
  const places = new Map<NodeId, string>();
  /** Waiting for their hash, which brings them back by itself: not planned again and again meanwhile. */
  const unhashed = new Set<NodeId>();
  /** What is in Dropbox under the name of one of these, and waits for that hash as well: planned again together with it. */
  const twins = new Map<NodeId, NodeId>();

  function reconsiderParked(): void {
    for (const id of parked.keys()) store.changed.add(id);
    places.clear();
  }

  const folderOf = (id: NodeId) => `${store.local.get(id)?.parent} ${store.remote.get(id)?.parent}`;

  /** @returns whether something of it was parked already, and lies in another folder by now: that one may be free to go */
  function park(all: readonly Parked[]): boolean {
    let left = false;
    for (const one of all) {
      const at = folderOf(one.node);
      left ||= (parked.get(one.node)?.at ?? at) !== at;
      parked.set(one.node, { ...one, at });
      store.changed.delete(one.node);
    }
    return left;
  }

  /** Notes where folders are to be. @returns whether one of them was to be elsewhere when what it holds was parked */
  function haveMoved(planned: ReadonlyMap<NodeId, string>): boolean {
    let moved = false;
    for (const [id, place] of planned) {
      moved ||= (places.get(id) ?? place) !== place;
      places.set(id, place);
    }
    return moved;
  }

  function callTwins(): void {
    if (twins.size === 0) return;
    for (const id of store.changed) {
      const twin = twins.get(id);
      if (twin !== undefined) store.changed.add(twin);
      twins.delete(id);
    }
  }

  function context(): PlanContext {
    return {
      trees: store,
      names: parts.remote.names,
      ignoredBy: (path, kind) => parts.rules().match(path, kind),
      unknown: parts.unknown,
      placeless: parts.placeless,
      obstructed: parts.obstructed,
      takenNames: parts.takenNames,
      left: parts.left,
      keptOnDisk: parts.keptOnDisk,
      unanswered: parts.unanswered,
      aboveParked: places,
      rewritten: parts.rewritten,
      stuck: {
        has: (id) => parts.failing.has(id) || (parked.has(id) && parked.get(id)?.why.kind !== "ignored"),
      },
      oneWay: parts.oneWay,
      restored: parts.restored(),
      mark: parts.mark,
      who: parts.remote.who,
      day: parts.day(),
    };
  }

  /** Writes down what both sides have alike of these. @returns whether there are folders among that: what is in them may be now */
  function agree(some: readonly NodeId[]): boolean {
    const find = createAlikeFinder(context(), { has: (id) => parked.has(id) || places.has(id) });
    const adjustments: Adjustment[] = [];
    const over = new Set<NodeId>();
    let folders = false;
    for (const id of some) {
      if (over.has(id) || !store.changed.has(id)) continue;
      const alike = find(id);
      if (alike?.kind === "settled") over.add(id);
      else if (alike?.kind === "agreed") {
        adjustments.push(...alike.adjustments);
        for (const node of alike.nodes) over.add(node);
        folders ||= alike.folder;
      } else if (alike?.kind === "unread") {
        unhashed.add(alike.file);
        store.changed.delete(alike.file);
        if (alike.there === null) continue;
        twins.set(alike.file, alike.there);
        store.changed.delete(alike.there);
      }
    }
    if (adjustments.length > 0) applyAdjustments(store, adjustments, parts.now(), parts.parted);
    for (const id of over) {
      store.changed.delete(id);
      unhashed.delete(id);
    }
    return folders;
  }

  return {
    parked: parked as ReadonlyMap<NodeId, Parked>,
    reconsiderParked,
    /** It is not planned now, though it has changed: it does not wait for its hash any more. */
    putOff: (id: NodeId): void => void unhashed.delete(id),
    /** Whether a node is ignored where it is to be, as of now. */
    isLeftOut(id: NodeId): boolean {
      const now = context();
      const merge = createMerger(now);
      const node = merge(id);
      const above = new Set([node]);
      for (const { parent } of above) if (parent !== null) above.add(merge(parent));
      breakRings([...above], merge, now);
      const kind = (node.local ?? node.remote)?.kind === "folder" ? "folder" : "file";
      return parts.rules().match(createPlaces(merge).pathTo(node), kind) !== null;
    },
    /**
     * With more changed than that, first agrees on what both sides have alike, so many nodes at a time, between which others
     * may have their turn; `run` plans the rest.
     */
    *agreeOnAlike(): Generator<void, void, void> {
      callTwins();
      if (store.changed.size <= parts.agreedAtATime) return;
      const changed = [...store.changed].sort((a, b) => a - b);
      for (let from = 0; from < changed.length; from += parts.agreedAtATime) {
        if (from > 0) yield;
        const some = changed.slice(from, from + parts.agreedAtATime);
        store.transaction(() => {
          while (agree(some)) {
            // Folder by folder, from the root down.
          }
        });
      }
    },
    run(): Outlook {
      // Most cycles of the control loop have looked and found nothing.
      if (store.changed.size === 0) return { ...NOTHING, unsettled: [...unhashed] };
      const went = new Set<NodeId>();
      for (let round = 0; round < MOST_ROUNDS; round++) {
        callTwins();
        // One transaction for all that a plan reads: on disk, each read by itself takes and leaves the locks of one.
        const made = store.transaction(() => plan(store.changed, context()));
        for (const id of store.changed) unhashed.delete(id);
        let isFreed = false;
        for (const id of made.settled) {
          store.changed.delete(id);
          if (parked.delete(id)) isFreed = parked.size > 0;
        }
        const haveFoldersMoved = haveMoved(made.places);
        // What stood in another's way is gone: that one may come now. What is in a folder may be ignored where that is to be now.
        if (isFreed || haveFoldersMoved) reconsiderParked();
        if (made.adjustments.length > 0) {
          for (const one of made.adjustments) if (one.kind === "release") parts.released(one.node);
          if (applyAdjustments(store, made.adjustments, parts.now(), parts.parted) === 0)
            throw new Error("a plan adjusts the trees without effect");
          continue;
        }
        if (isFreed || haveFoldersMoved) continue;
        const haveLeft = park(made.parked);
        // Each once: what is free to go and what is not may depend on each other.
        const before = went.size;
        for (const { node } of [...made.operations, ...made.waiting, ...made.stuck])
          if (parked.delete(node)) went.add(node);
        if (parked.size > 0 && (haveLeft || went.size > before)) {
          reconsiderParked();
          continue;
        }
        for (const id of made.unsettled) {
          const node = store.local.get(id);
          if (node?.kind !== "file" || node.hash !== null || parts.unknown.has(id)) continue;
          unhashed.add(id);
          store.changed.delete(id);
        }
        const waitsSo = new Set<NodeId>();
        for (const [id, file] of made.waitFor) {
          if (!unhashed.has(file) || parts.unknown.has(id)) continue;
          waitsSo.add(id);
          twins.set(file, id);
          store.changed.delete(id);
        }
        const others = made.unsettled.filter((id) => !unhashed.has(id) && !waitsSo.has(id));
        const { operations: ready, waiting, stuck } = made;
        return { ready, waiting, stuck, unsettled: [...others, ...unhashed] };
      }
      throw new Error("planning does not come to rest");
    },
  };
}

export type PlanningRound = ReturnType<typeof createPlanningRound>;
