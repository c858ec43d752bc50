import { pathOf } from "../ports/store.ts";
import type { Name, NodeId } from "../ports/values.ts";
import type { PlanContext } from "./context.ts";
import { createKeptFolders } from "./kept-folders.ts";
import { keyOf, type Merged } from "./merge.ts";
import { isTransient, userPath } from "./names.ts";
import { staysThere } from "./one-way.ts";
import type { Adjustment, Operation, Parked } from "./operation.ts";
import type { Slots } from "./slots.ts";
import type { Collisions } from "./structure.ts";

type Side = "local" | "remote";
interface Placed {
  readonly id: NodeId;
  readonly parent: NodeId | null;
  readonly name: Name;
  readonly kind: "file" | "folder" | "special";
}

/** What there is to do, and what not; `find` adds to it. */
interface Found {
  readonly ready: Operation[];
  readonly waiting: Operation[];
  readonly parked: Parked[];
  readonly stuck: Parked[];
  readonly adjustments: Adjustment[];
}

/** Compares where nodes are to be with where each side has them: that is what there is to do. */
export function createOperationFinder(
  merge: (id: NodeId) => Merged,
  slots: Slots,
  context: PlanContext,
  collisions: Collisions,
) {
  const { trees, names, placeless, oneWay } = context;
  const kept = createKeptFolders(merge, context);
  /** For each operation that waits for a name or a folder: the node in its way. */
  const blockers = new Map<Operation, NodeId>();

  function placed(side: Side, id: NodeId): Placed | undefined {
    return merge(id)[side];
  }

  /** Who stands in the way of `node` at its target on that side; null when the way is free. */
  function blocker(side: Side, node: Merged): NodeId | null {
    const parent = node.parent as NodeId;
    const folder = placed(side, parent);
    if (folder === undefined || folder.kind !== "folder" || (side === "local" && placeless.has(parent))) return parent;
    // A folder can't move below itself: whatever on the way up is to leave must leave first.
    if (placed(side, node.id) !== undefined) {
      for (let up: Placed | undefined = folder; up !== undefined && up.parent !== null; up = placed(side, up.parent)) {
        if (up.id === node.id) return firstToLeave(side, folder, node.id);
      }
    }
    for (const other of slots(parent, keyOf(node, names))[side]) {
      if (other.id === node.id) continue;
      // On disk, names that differ in case only may stand beside each other for a while.
      if (side === "local" && other.name !== node.name && other.kind !== "special") continue;
      return other.id;
    }
    return null;
  }

  function firstToLeave(side: Side, folder: Placed, ancestor: NodeId): NodeId {
    for (let up: Placed | undefined = folder; up !== undefined && up.id !== ancestor; ) {
      if (merge(up.id).parent !== up.parent) return up.id;
      up = up.parent === null ? undefined : placed(side, up.parent);
    }
    return folder.id;
  }

  function find(node: Merged, found: Found): void {
    if (node.fate === "delete") {
      findDeletion(node, found);
      return;
    }
    if (node.parent === null) return;
    const obstacle = collisions.obstructed.get(node.id);
    if (obstacle !== undefined) {
      found.parked.push({ node: node.id, side: "remote", why: { kind: "not synced", reason: obstacle } });
      return;
    }
    const twin = collisions.twins.get(node.id);
    if (twin !== undefined) {
      found.stuck.push({ node: node.id, side: "local", why: { kind: "not synced", reason: twin } });
      return;
    }
    // A name change of a kind that one side has already, made before contents are looked at: contents go to a place that stands.
    let placeStands = true;
    let isElsewhere = false;
    for (const side of ["local", "remote"] as const) {
      const present = side === "local" ? node.local : node.remote;
      const name = side === "local" ? node.name : node.remoteName;
      if (present === undefined || (present.parent === node.parent && present.name === name)) continue;
      if (side === "local" && oneWay) {
        isElsewhere = true;
        continue;
      }
      placeStands = false;
      const copy = collisions.renamed.get(node.id);
      const operation: Operation = {
        side,
        kind: "move",
        node: node.id,
        parent: node.parent,
        name,
        reason: node.reason,
      };
      push(node, copy === undefined ? operation : { ...operation, copy }, found);
    }
    if (!placeStands) return;

    if (node.local === undefined || node.remote === undefined) {
      const side: Side = node.local === undefined ? "local" : "remote";
      if (side === "local" && oneWay) {
        found.parked.push(staysThere(node));
        return;
      }
      const kind = (node.local ?? node.remote)?.kind === "folder" ? "create-folder" : "transfer";
      const name = side === "local" ? node.name : node.remoteName;
      push(node, { side, kind, node: node.id, parent: node.parent, name, reason: node.reason }, found);
    } else if (oneWay && (node.contentOf === "remote" || (isElsewhere && node.contentOf === "same"))) {
      const edited = node.contentOf === "remote" ? ["edited"] : [];
      const moved = isElsewhere ? ["moved"] : [];
      const where = isElsewhere ? ` to ${userPath(pathOf(trees.remote, node.id))}` : "";
      found.parked.push(staysThere({ ...node, reason: `${[...edited, ...moved].join(" and ")} in Dropbox${where}` }));
    } else if (node.contentOf === "local" || node.contentOf === "remote") {
      const side: Side = node.contentOf === "local" ? "remote" : "local";
      const name = side === "local" ? node.name : node.remoteName;
      const reason = node.contentReason ?? node.reason;
      push(node, { side, kind: "transfer", node: node.id, parent: node.parent, name, reason }, found);
    }
  }

  function push(node: Merged, operation: Operation, found: Found): void {
    const inTheWay = blocker(operation.side, node);
    if (inTheWay === null) found.ready.push(operation);
    else {
      found.waiting.push(operation);
      blockers.set(operation, inTheWay);
    }
  }

  function findDeletion(node: Merged, found: Found): void {
    const side: Side = node.local !== undefined ? "local" : "remote";
    const present = node.local ?? node.remote;
    if (present === undefined || present.parent === null) return;
    if (side === "local" && oneWay) {
      found.parked.push(staysThere(node));
      return;
    }
    const operation: Operation = {
      side,
      kind: "delete",
      node: node.id,
      parent: present.parent,
      name: present.name,
      reason: node.reason,
    };
    if (present.kind !== "folder") {
      if (!coveredByParent(side, present.parent)) found.ready.push(operation);
      else found.waiting.push(operation);
      return;
    }
    const keeper = kept.keeper(side, node.id);
    if (keeper === "ignored" || keeper === "not synced") {
      // Left under a name of ours by a swap: it stays, so it gets one of its own, as if it were new there.
      if (isTransient(present.name)) found.adjustments.push({ kind: "forget", node: node.id });
      else found.parked.push(keptFolder(node, side, keeper));
    } else if (keeper === "alive" || coveredByParent(side, present.parent)) found.waiting.push(operation);
    else found.ready.push(operation);
  }

  function keptFolder(node: Merged, side: Side, keeper: "ignored" | "not synced"): Parked {
    const deleted = side === "local" ? "deleted in Dropbox" : "deleted on disk";
    const holds =
      keeper === "not synced"
        ? "something that is not synced"
        : `ignored files ${side === "local" ? "on disk" : "in Dropbox"}`;
    return { node: node.id, side, why: { kind: "kept folder", reason: `${deleted}, but it holds ${holds}` } };
  }

  /** Whether the deletion of the folder takes this along: one request for the whole. */
  function coveredByParent(side: Side, parent: NodeId): boolean {
    if (side === "local") return false;
    const folder = merge(parent);
    return folder.fate === "delete" && folder.remote !== undefined && kept.keeper("remote", parent) === null;
  }

  return { find, blockers, staysFor: kept.stays };
}
