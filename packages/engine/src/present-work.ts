import type { Control } from "./control/control.ts";
import type { Operation, Parked } from "./plan/operation.ts";
import type { Store } from "./ports/store.ts";
import type { NodeId, RelativePath } from "./ports/values.ts";
import type { Explanation } from "./status.ts";

/** What is still to be done, to be looked up by node. */
export interface PresentWork {
  readonly operations: ReadonlyMap<NodeId, Operation>;
  readonly held: ReadonlySet<Operation>;
  readonly unsettled: ReadonlySet<NodeId>;
}

export function presentWork(control: Control): PresentWork {
  const { ready, waiting, unsettled } = control.outlook();
  const operations = new Map<NodeId, Operation>();
  for (const one of [...control.underWay(), ...ready, ...waiting]) {
    if (!operations.has(one.node)) operations.set(one.node, one);
  }
  return { operations, held: new Set(control.held()), unsettled: new Set(unsettled) };
}

/** Of nodes that wait for a look, no more than this many are looked up: each costs a read, and one is enough to tell. */
const MOST_UNSETTLED = 2_000;

/** What a person has to do something about comes first. */
const WEIGHT = ["not synced", "held", "conflict", "pending"] as const;
type Unrest = (typeof WEIGHT)[number];
const IN_IT = { cause: "in it", sentence: "Open it: each item in it says what can be done." } as const;
const WORDS: Readonly<Record<Unrest, string>> = {
  "not synced": "not synced",
  held: "held back until you say what is to be done",
  conflict: "a version that was kept beside another",
  pending: "still to be brought over",
};

/** Knows what the folders of a listing have in them that is not in sync. */
export function createInsight(store: Store, control: Control) {
  const folderOf = (id: NodeId) => (store.local.get(id) ?? store.remote.get(id))?.parent ?? null;
  /** There may be tens of thousands that stay out of sync, and each is parked anew when something about it changes. */
  const folders = new WeakMap<Parked, NodeId | null>();
  function folderOfParked(parked: Parked): NodeId | null {
    const known = folders.get(parked);
    if (known !== undefined) return known;
    const folder = folderOf(parked.node);
    folders.set(parked, folder);
    return folder;
  }

  /** From a folder down to what is in it. */
  function pathBelow(top: NodeId, id: NodeId): string {
    const names: string[] = [];
    for (let at: NodeId | null = id; at !== null && at !== top; at = folderOf(at))
      names.unshift((store.local.get(at) ?? store.remote.get(at))?.name ?? "");
    return names.join("/");
  }

  /** @returns what a folder that lies directly in one of `listed` has in it that is not in sync; null for nothing */
  return (work: PresentWork, listed: readonly (NodeId | undefined)[]) => {
    const tops = new Map<NodeId, NodeId | null>();
    /** What of the listed folders' own entries a folder lies in, or is. */
    function topOf(id: NodeId): NodeId | null {
      const known = tops.get(id);
      if (known !== undefined) return known;
      const parent = folderOf(id);
      const top = parent === null ? null : listed.includes(parent) ? id : topOf(parent);
      tops.set(id, top);
      return top;
    }
    const tallies = new Map<NodeId, Map<Unrest, { count: number; readonly first: NodeId }>>();
    function tell(state: Unrest, folder: NodeId | null, node: NodeId, items = 1): void {
      const top = folder === null ? null : topOf(folder);
      if (top === null) return;
      const tally = tallies.get(top) ?? new Map<Unrest, { count: number; readonly first: NodeId }>();
      const { count, first } = tally.get(state) ?? { count: 0, first: node };
      tallies.set(top, tally.set(state, { count: count + items, first }));
    }
    // By the folder that it is in, or is to come to: most share one, and nothing has to be read for the rest.
    for (const one of work.operations.values()) tell(work.held.has(one) ? "held" : "pending", one.parent, one.node);
    for (const one of control.parked())
      if (one.why.kind === "not synced") tell("not synced", folderOfParked(one), one.node);
    for (const id of control.problems().keys()) tell("not synced", folderOf(id), id);
    for (const id of control.conflictCopies()) tell("conflict", folderOf(id), id);
    for (const [folder, count] of control.backlog.folders()) tell("pending", folder, folder, count);
    let left = MOST_UNSETTLED;
    for (const ids of [work.unsettled, store.changed]) {
      for (const id of ids) {
        if (left-- <= 0) break;
        if (!work.operations.has(id)) tell("pending", folderOf(id), id);
      }
    }
    return (id: NodeId, path: RelativePath): Explanation | null => {
      const tally = tallies.get(id);
      const state = WEIGHT.find((one) => tally?.has(one));
      const found = state && tally?.get(state);
      if (state === undefined || found === undefined) return null;
      const { count, first } = found;
      // What comes by itself needs nobody to look for it.
      const which = state === "pending" ? "" : ` (${pathBelow(id, first)}${count === 1 ? "" : " and others"})`;
      const reason = `${count} ${count === 1 ? "item" : "items"} in it: ${WORDS[state]}${which}`;
      return { path, state, reason, ...(state === "not synced" ? { fix: IN_IT } : {}) };
    };
  };
}
