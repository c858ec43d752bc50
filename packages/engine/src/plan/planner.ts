import { pathOf } from "../ports/store.ts";
import { type NodeId, ROOT } from "../ports/values.ts";
import { haveOnePlace, isNews, isSettled } from "./agreement.ts";
import type { PlanContext } from "./context.ts";
import { createMerger, keyOf, type Merged } from "./merge.ts";
import { isTransient, userPath } from "./names.ts";
import type { Adjustment, Operation, Parked, Plan } from "./operation.ts";
import { createOperationFinder } from "./operations.ts";
import { createPlaces } from "./places.ts";
import { breakRings } from "./rings.ts";
import { createSlots } from "./slots.ts";
import { reviveFolders, settleCollisions } from "./structure.ts";
import { findSuccessors } from "./successors.ts";
import { holdsTransient } from "./transients.ts";
import { settleWaiting } from "./waiting.ts";

type Parking =
  | { readonly kind: "release" }
  | { readonly kind: "split" }
  | { readonly kind: "park"; readonly parked: Parked };

/**
 * Derives what to do from the three trees, looking at the changed nodes and their surroundings only. Pure: the same
 * trees give the same plan, and nothing in it is remembered. Where `adjustments` are given they are to be applied first,
 * and the plan made anew.
 */
export function plan(changed: Iterable<NodeId>, context: PlanContext): Plan {
  const { trees, names } = context;
  const merge = createMerger(context);
  const slots = createSlots(trees);
  const adjustments: Adjustment[] = [];
  const parked: Parked[] = [];
  const settled: NodeId[] = [];
  const unsettled: NodeId[] = [];

  const nodes: Merged[] = [];
  const alike: Merged[] = [];
  for (const id of [...changed].sort((a, b) => a - b)) {
    const node = merge(id);
    if (isSettled(node, names)) alike.push(node);
    else if (node.fate === "forget" || node.outlivesBase) adjustments.push({ kind: "forget", node: id });
    else nodes.push(node);
  }

  breakRings(nodes, merge, context);

  const { pathTo } = createPlaces(merge);
  /** Not while something in it has a name that stands for a moment: that would stay. */
  const release = ({ id }: Merged) => {
    if (holdsTransient(trees.local, id)) unsettled.push(id);
    else adjustments.push({ kind: "release", node: id });
  };
  for (const node of alike) {
    // What both sides have moved to an ignored place is let go.
    if (isIgnored(node)) release(node);
    else settled.push(node.id);
  }
  const active: Merged[] = [];
  const places = new Map<NodeId, string>();
  for (const some of [nodes, alike]) for (const node of some) if (context.aboveParked.has(node.id)) notePlace(node);
  for (const node of nodes) {
    const held = parkingReason(node);
    if (held === null) active.push(node);
    else if (held.kind === "release") release(node);
    else if (held.kind === "split") adjustments.push({ kind: "split", node: node.id });
    else {
      parked.push(held.parked);
      noteFolders(node);
    }
  }

  // What had been parked may have something to do again: a folder that lives on, a name that is to be another's.
  let considered: Set<NodeId> | undefined;
  const consider = (found: Iterable<Merged>) => {
    for (const node of found) {
      considered ??= new Set(nodes.map(({ id }) => id));
      if (considered.has(node.id)) continue;
      considered.add(node.id);
      active.push(node);
    }
  };
  // Where only Dropbox follows, its user's own things stay there, and the folders that they are in.
  if (context.oneWay) {
    const below = active.flatMap(({ fate, id }) => (fate === "delete" ? livingBelow(id) : []));
    consider(below.filter((node) => parkingReason(node) === null));
  }
  consider(reviveFolders(active, merge));
  if (context.oneWay)
    adjustments.push(...active.filter(isLeftToHer).map(({ id: node }) => ({ kind: "forget", node }) as const));
  const collisions = settleCollisions(active, merge, slots, context, isIgnored);
  for (const node of collisions.letGo) release(node);
  consider([...collisions.renamed.keys()].map(merge));
  adjustments.push(...collisions.adjustments);
  const successors = findSuccessors(active, merge, slots, names);
  adjustments.push(...successors.adjustments);
  for (const id of successors.waiting) collisions.waiting.add(id);

  const agreements = new Map<NodeId, Merged>();
  for (const node of active) {
    if (node.fate !== "live" || node.local === undefined || node.remote === undefined) continue;
    // Where only Dropbox follows, the place that it has does not change for what the disk has.
    const staysApart = context.oneWay && node.placeOf === "remote";
    if (staysApart && node.contentOf === "conflict") adjustments.push({ kind: "split", node: node.id });
    if (!haveOnePlace(node, names)) continue;
    if (node.local.parent !== node.parent || node.local.name !== node.name) continue;
    if (node.contentOf === "conflict") adjustments.push({ kind: "split", node: node.id });
    else if (isNews(node)) agreements.set(node.id, node);
  }
  for (const node of agreements.values()) {
    // What lies in a folder that is not agreed on yet (it is being renamed) is agreed on after it.
    if (isAgreeable(node)) adjustments.push({ kind: "agree", node: node.id, content: node.contentOf === "same" });
  }

  const operations: Operation[] = [];
  const waiting: Operation[] = [];
  const stuck: Parked[] = [];
  let stillWaiting: readonly Operation[] = waiting;
  if (adjustments.length === 0) {
    const finder = createOperationFinder(merge, slots, context, collisions);
    const found = { ready: operations, waiting, parked, stuck, adjustments };
    for (const node of active) {
      if (node.fate === "wait" || collisions.waiting.has(node.id)) {
        unsettled.push(node.id);
        continue;
      }
      finder.find(node, found);
    }
    if (waiting.length > 0) {
      const parkedNow = new Set(parked.filter(({ why }) => why.kind !== "ignored").map(({ node }) => node));
      const goes = new Set([...operations, ...waiting].map(({ node }) => node));
      const isStuck = (id: NodeId) =>
        parkedNow.has(id) || collisions.twins.has(id) || (context.stuck.has(id) && !goes.has(id));
      const settledWaiting = settleWaiting(waiting, { merge, trees, isStuck, mark: context.mark, ...finder });
      operations.push(...settledWaiting.aside);
      stuck.push(...settledWaiting.stuck);
      stillWaiting = settledWaiting.waiting;
    }
  }
  const { waitFor } = collisions;
  return { adjustments, operations, waiting: stillWaiting, stuck, unsettled, waitFor, parked, settled, places };

  /** Deleted on disk, and for what was done in Dropbox not there: when all else in it is gone, it is new there. */
  function isLeftToHer({ id, fate, local, synced }: Merged): boolean {
    const isInBase = synced !== undefined && trees.synced.children(id).length === 0;
    return fate === "live" && local === undefined && isInBase;
  }

  function livingBelow(id: NodeId): Merged[] {
    return trees.remote.children(id).flatMap((child) => {
      const node = merge(child.id);
      return node.fate === "live" ? [node] : node.fate === "delete" ? livingBelow(child.id) : [];
    });
  }

  function notePlace({ id, parent, name }: Merged): void {
    places.set(id, `${parent}/${name}`);
  }

  function noteFolders({ parent }: Merged): void {
    for (let up = parent; up !== null && !places.has(up); up = merge(up).parent) notePlace(merge(up));
  }

  function isAgreeable({ parent }: Merged): boolean {
    if (parent === null || merge(parent).synced !== undefined) return true;
    const folder = agreements.get(parent);
    return folder !== undefined && isAgreeable(folder);
  }

  function isIgnored(node: Merged): boolean {
    const { id, local, synced } = node;
    if (id === ROOT || local === undefined || synced === undefined || local.kind === "special") return false;
    return context.ignoredBy(pathTo(node), local.kind) !== null;
  }

  /** Whether the side that did not move can do the same: its copy goes to the ignored place too. */
  function canFollow(node: Merged): boolean {
    if (node.local === undefined || node.remote === undefined || node.parent === null || haveOnePlace(node, names))
      return false;
    const side = node.placeOf === "remote" ? "local" : "remote";
    if (side === "local" ? context.obstructed.has(node.id) : names.refusal(node.name) !== null) return false;
    if (trees[side].get(node.parent) === undefined) return false;
    return slots(node.parent, keyOf(node, names))[side].every(({ id }) => id === node.id);
  }

  /** Whether it lies at an ignored place on disk, where it is not touched, and in Dropbox at another: there it is new. */
  function partsWays({ id, local, remote, placeOf }: Merged): boolean {
    if (placeOf !== "remote" || local === undefined || remote === undefined) return false;
    if (local.kind === "special" || isTransient(local.name)) return false;
    return context.ignoredBy(userPath(pathOf(trees.local, id)), local.kind) !== null;
  }

  /** What becomes of a node whose place is ignored: as a rule it is parked `so`. */
  function ignoredAs(node: Merged, so: Parked): Parking | null {
    const { local, remote, synced } = node;
    // What a swap has left under a name of ours gets its own back first, ignored or not.
    if (local !== undefined && isTransient(local.name) && !canFollow(node))
      return remote === undefined ? null : { kind: "split" };
    if (synced === undefined && remote !== undefined && isTransient(remote.name)) return null;
    // First the other side follows to the ignored place, where it is there and can; then both are let go.
    if (synced !== undefined) return canFollow(node) ? null : { kind: "release" };
    // Moved out of an ignored place that had just become one: what lies there still is another's by now.
    if (local !== undefined && remote !== undefined && (local.parent !== remote.parent || local.key !== remote.key))
      return { kind: "split" };
    return { kind: "park", parked: so };
  }

  function parkingReason(node: Merged): Parking | null {
    const { local, remote } = node;
    const side = local === undefined ? "remote" : "local";
    const park = (reason: string) =>
      ({ kind: "park", parked: { node: node.id, side, why: { kind: "not synced", reason } } }) as const;
    if (node.fate === "stay") {
      if (context.left.whereIs(node.id)?.itself)
        return park(`${node.reason}: its copy in Dropbox stays until you delete it there, or move this one back`);
      const why = { kind: "kept folder", reason: `it lay in a folder that was ${node.reason}` } as const;
      return { kind: "park", parked: { node: node.id, side, why } };
    }
    if (local?.kind === "special") return park(local.special ?? "neither a file nor a folder");
    if (node.fate === "wait" || node.id === ROOT) return null;
    if (partsWays(node)) return { kind: "release" };
    const kind = local?.kind ?? remote?.kind ?? "file";
    const rule = context.ignoredBy(pathTo(node), kind);
    if (rule !== null) return ignoredAs(node, { node: node.id, side, why: { kind: "ignored", rule } });
    if (remote?.kind === "file" && !remote.downloadable && node.contentOf !== "same") {
      return park("a cloud document without a file of its own: open it in Dropbox");
    }
    if (node.fate === "live" && local !== undefined && node.placeOf !== "remote") {
      const refusal = names.refusal(node.name);
      if (refusal !== null) return park(refusal);
      if (local.kind === "file" && local.size > names.maximumFileSize) {
        return park(`larger than Dropbox takes (${names.maximumFileSize} bytes)`);
      }
      const parent = node.parent === null ? undefined : merge(node.parent);
      if (parent !== undefined && parent.remote === undefined && names.refusal(parent.name) !== null) {
        return park(`inside ${pathOf(trees.local, parent.id)}, which is not synced`);
      }
    }
    return null;
  }
}
