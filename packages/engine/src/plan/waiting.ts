import { pathOf, type Trees } from "../ports/store.ts";
import type { NodeId, RelativePath } from "../ports/values.ts";
import type { Merged } from "./merge.ts";
import { isTransient, transientName, userPath } from "./names.ts";
import type { Operation, Parked } from "./operation.ts";

type Side = Operation["side"];

interface WaitingParts {
  readonly merge: (id: NodeId) => Merged;
  readonly trees: Trees;
  /** For each operation that waits for a name or a folder: the node in its way. */
  readonly blockers: ReadonlyMap<Operation, NodeId>;
  /** Folders that were to go and stay, for what is ignored in them. */
  readonly staysFor: (side: Side, id: NodeId) => boolean;
  /** Of the names that this engine gives for a moment. */
  readonly mark: string;
  /** What stays where it is until a person does something. */
  readonly isStuck: (id: NodeId) => boolean;
}

export interface SettledWaiting {
  readonly waiting: Operation[];
  /** Moves to names that stand for a moment. */
  readonly aside: Operation[];
  readonly stuck: Parked[];
}

/** Looks at what operations wait for: for each other in a ring, or for what will never leave. */
export function settleWaiting(operations: readonly Operation[], parts: WaitingParts): SettledWaiting {
  const { merge, trees, blockers, mark } = parts;
  const settled: SettledWaiting = { waiting: [], aside: [], stuck: [] };
  for (const side of ["local", "remote"] as const) {
    const own = operations.filter((operation) => operation.side === side);
    const byNode = new Map(own.map((operation) => [operation.node, operation]));
    stepAside(side, byNode);
    for (const operation of own) {
      const why = stuckAt(side, operation, byNode);
      if (why === null) settled.waiting.push(operation);
      else settled.stuck.push({ node: operation.node, side: presentSide(operation.node), why });
    }
  }
  return settled;

  function next(operation: Operation): NodeId | undefined {
    return operation.kind === "delete" ? firstToLeave(operation.side, operation.node) : blockers.get(operation);
  }

  /** What is to leave a folder before it can be deleted. */
  function firstToLeave(side: Side, id: NodeId): NodeId | undefined {
    for (const child of trees[side].children(id)) {
      if (merge(child.id).fate !== "delete") return child.id;
      const below = child.kind === "folder" ? firstToLeave(side, child.id) : undefined;
      if (below !== undefined) return below;
    }
    return undefined;
  }

  /** Why an operation waits for ever; null when what it waits for will come. */
  function stuckAt(side: Side, start: Operation, byNode: ReadonlyMap<NodeId, Operation>): Parked["why"] | null {
    const first = next(start);
    const seen = new Set<NodeId>();
    for (let inTheWay = first; first !== undefined && inTheWay !== undefined && !seen.has(inTheWay); ) {
      seen.add(inTheWay);
      if (parts.staysFor(side, inTheWay) || parts.isStuck(inTheWay)) return reasonFor(side, start, first);
      const waits = byNode.get(inTheWay);
      inTheWay = waits === undefined ? undefined : next(waits);
    }
    return null;
  }

  function reasonFor(side: Side, operation: Operation, inTheWay: NodeId): Parked["why"] {
    const where = side === "local" ? "on disk" : "in Dropbox";
    const path = trees[side].get(inTheWay) === undefined ? "a folder" : pathThere(side, inTheWay);
    if (operation.kind === "delete")
      return { kind: "kept folder", reason: `${operation.reason}, but it holds ${path}, which is not synced` };
    if (inTheWay === operation.parent) return { kind: "not synced", reason: `inside ${path}, which is not synced` };
    const what = parts.staysFor(side, inTheWay)
      ? "a folder that stays for the ignored files in it"
      : "what is not synced";
    return { kind: "not synced", reason: `its name is taken ${where} by ${what}: rename that` };
  }

  function pathThere(side: Side, id: NodeId): RelativePath {
    return userPath(side === "local" ? pathOf(trees.local, id) : pathOf(trees.remote, id));
  }

  function presentSide(id: NodeId): Side {
    return trees.local.get(id) === undefined ? "remote" : "local";
  }

  /**
   * a to b, b to a: each waits for the other's name. In each such ring one move goes to a name that stands for a moment;
   * the next plan takes it on from there. Creations and deletions may be in the ring too: a folder is to be made where a
   * file is that is to move into it.
   */
  function stepAside(side: Side, byNode: ReadonlyMap<NodeId, Operation>): void {
    const seen = new Set<NodeId>();
    for (const start of byNode.keys()) {
      const path: Operation[] = [];
      let operation = byNode.get(start);
      while (operation !== undefined && !seen.has(operation.node)) {
        seen.add(operation.node);
        path.push(operation);
        const inTheWay = next(operation);
        operation = inTheWay === undefined ? undefined : byNode.get(inTheWay);
      }
      const from = operation === undefined ? -1 : path.indexOf(operation);
      const ring = from < 0 ? [] : path.slice(from);
      const mover = ring.find((one) => one.kind === "move" && !isTransient(trees[side].get(one.node)?.name ?? ""));
      const present = mover === undefined ? undefined : trees[side].get(mover.node);
      if (present === undefined || present.parent === null) continue;
      settled.aside.push({
        side,
        kind: "move",
        node: present.id,
        parent: outside(side, new Set(ring.map((one) => one.node)), present.parent),
        name: transientName(present.id, present.name, mark),
        transient: true,
        reason: "names were exchanged: it steps aside for a moment",
      });
    }
  }

  /** Where to step aside to: beside where it is, unless that lies in a folder of the ring; then out of that. */
  function outside(side: Side, ring: ReadonlySet<NodeId>, parent: NodeId): NodeId {
    let result = parent;
    for (let up = trees[side].get(parent); up !== undefined && up.parent !== null; up = trees[side].get(up.parent)) {
      if (ring.has(up.id)) result = up.parent;
    }
    return result;
  }
}
