import type { Control } from "./control/control.ts";
import type { Operation } from "./plan/operation.ts";
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
const WORDS: Readonly<Record<Unrest, string>> = {
  "not synced": "not synced",
  held: "held back until you say what is to be done",
  conflict: "a version that was kept beside another",
  pending: "still to be brought over",
};

/** @returns what a folder that lies directly in one of `folders` has in it that is not in sync; null for nothing */
export function workInside(
  store: Store,
  control: Control,
  work: PresentWork,
  folders: readonly (NodeId | undefined)[],
): (id: NodeId, path: RelativePath) => Explanation | null {
  const tops = new Map<NodeId, NodeId | null>();
  /** What of the folders' own entries a node lies in, or is. */
  function topOf(id: NodeId): NodeId | null {
    const known = tops.get(id);
    if (known !== undefined) return known;
    const parent = (store.local.get(id) ?? store.remote.get(id))?.parent ?? null;
    const top = parent === null ? null : folders.includes(parent) ? id : topOf(parent);
    tops.set(id, top);
    return top;
  }
  const tallies = new Map<NodeId, Map<Unrest, number>>();
  function tell(state: Unrest, start: NodeId, self?: NodeId): void {
    const top = topOf(start);
    if (top === null || top === self) return;
    const tally = tallies.get(top) ?? new Map<Unrest, number>();
    tally.set(state, (tally.get(state) ?? 0) + 1);
    tallies.set(top, tally);
  }
  // By the folder that it is in, or is to come to: most share one, and nothing has to be read for the rest.
  for (const one of work.operations.values()) tell(work.held.has(one) ? "held" : "pending", one.parent);
  for (const { node, why } of control.parked()) if (why.kind === "not synced") tell("not synced", node, node);
  for (const id of control.problems().keys()) tell("not synced", id, id);
  for (const id of control.conflictCopies()) tell("conflict", id, id);
  let left = MOST_UNSETTLED;
  for (const ids of [work.unsettled, store.changed]) {
    for (const id of ids) {
      if (left-- <= 0) break;
      if (!work.operations.has(id)) tell("pending", id, id);
    }
  }
  return (id, path) => {
    const tally = tallies.get(id);
    const state = WEIGHT.find((one) => tally?.has(one));
    if (tally === undefined || state === undefined) return null;
    const count = tally.get(state) ?? 0;
    return { path, state, reason: `${count} ${count === 1 ? "item" : "items"} in it: ${WORDS[state]}` };
  };
}
