import type { RemoteNames } from "../ports/remote.ts";
import type { Name, NodeId } from "../ports/values.ts";
import type { PlanContext } from "./context.ts";
import { isUnread, keyOf, type Merged } from "./merge.ts";
import { type CopyKind, copyName, isTransient } from "./names.ts";
import type { Adjustment } from "./operation.ts";
import { type Slot, type Slots, slotOf } from "./slots.ts";

type Merge = (id: NodeId) => Merged;
type Link = Extract<Adjustment, { kind: "link" }>;

/** A folder deleted on one side lives on if something that lives is to lie in it. @returns these folders */
export function reviveFolders(nodes: readonly Merged[], merge: Merge): Merged[] {
  const revived: Merged[] = [];
  for (const node of nodes) {
    if (node.fate !== "live") continue;
    for (let parent = node.parent; parent !== null; ) {
      const folder = merge(parent);
      if (folder.fate !== "delete") break;
      folder.fate = "live";
      folder.reason = "deleted on one side, but something in it was created or edited on the other";
      revived.push(folder);
      parent = folder.parent;
    }
  }
  return revived;
}

export interface Collisions {
  readonly adjustments: Adjustment[];
  /** Nodes that must wait: it is not known yet whether they collide. */
  readonly waiting: Set<NodeId>;
  /** Those of them in Dropbox alone that wait for nothing but what a file of their name on disk holds: that file. */
  readonly waitFor: Map<NodeId, NodeId>;
  /** Nodes that get another name on disk, and why. */
  readonly renamed: Map<NodeId, CopyKind>;
  /** Remote nodes that can't come to disk: the name is taken by what is not synced. */
  readonly obstructed: Map<NodeId, string>;
  /** Where nothing is changed on disk: what has one name in Dropbox with another that goes there, and why it does not. */
  readonly twins: Map<NodeId, string>;
  /** What was moved to an ignored place on disk, by a name that Dropbox has for another: it is not moved there, nor touched. */
  readonly letGo: Merged[];
}

/** Finds nodes that are to have one name in one folder, and settles who keeps it. */
export function settleCollisions(
  nodes: readonly Merged[],
  merge: Merge,
  slots: Slots,
  context: Pick<PlanContext, "names" | "who" | "day" | "takenNames" | "obstructed" | "oneWay" | "restored">,
  isIgnored: (node: Merged) => boolean,
): Collisions {
  const { names, who, day, takenNames, oneWay, restored } = context;
  const result: Collisions = {
    adjustments: [],
    waiting: new Set(),
    waitFor: new Map(),
    renamed: new Map(),
    obstructed: new Map(),
    twins: new Map(),
    letGo: [],
  };
  /** Left by a swap under a name of ours, while something ignored has taken its own: it is not what has that in Dropbox. */
  const isKeptFromItsName = ({ id, local }: Merged) => isTransient(local?.name ?? "") && context.obstructed.has(id);
  const claims = new Map<Slot, Merged[]>();
  const linked = new Set<NodeId>();
  const addLink = (adjustment: Link) => {
    result.adjustments.push(adjustment);
    linked.add(adjustment.from).add(adjustment.to);
  };
  const claim = (node: Merged) => {
    if (node.parent === null || (node.fate !== "live" && node.fate !== "wait")) return;
    const slot = slots(node.parent, keyOf(node, names));
    const claimants = claims.get(slot);
    if (claimants === undefined) claims.set(slot, [node]);
    else if (!claimants.includes(node)) claimants.push(node);
  };
  for (const node of nodes) {
    claim(node);
    if (node.fate !== "live" || node.parent === null) continue;
    const { local, remote } = slots(node.parent, keyOf(node, names));
    for (const { id } of local) if (id !== node.id) claim(merge(id));
    for (const { id } of remote) if (id !== node.id) claim(merge(id));
  }
  pairDeletedWithNew(
    deletedAmong(nodes, merge, slots, names),
    claims,
    (node, parent) => slots(parent, keyOf(node, names)),
    isKeptFromItsName,
    addLink,
  );
  for (const claimants of claims.values()) {
    if (claimants.length > 1) settleOne(claimants);
  }
  for (const node of nodes)
    if (node.fate === "live" && isKeptFromItsName(node))
      rename(node, "conflicted copy", "its name is taken on disk by something that is ignored: it is kept beside that");
  return result;

  function settleOne(claimants: Merged[]): void {
    const [first, second] = claimants;
    if (first === undefined || second === undefined || first.parent === null) return;
    if (claimants.some(({ id }) => linked.has(id))) return;

    const ignored = claimants.filter(isIgnored);
    if (ignored.length > 0) {
      result.letGo.push(...ignored);
      for (const { id } of ignored) result.waiting.add(id);
      return;
    }
    const special = claimants.find((node) => node.local?.kind === "special");
    if (special !== undefined) {
      for (const node of claimants) {
        if (node === special || node.local !== undefined) continue;
        result.obstructed.set(
          node.id,
          `its name is taken on disk by ${special.local?.special ?? "something else"}, which is never synced: rename that`,
        );
      }
    }
    const twin = findTwin(claimants);
    if (twin === "wait") {
      for (const node of claimants) result.waiting.add(node.id);
      if (claimants.length === 2) noteWhatWaits(claimants);
      return;
    }
    if (twin !== null) {
      addLink(twin);
      return;
    }
    if (claimants.some((node) => node.fate === "wait" && node.local?.kind !== "special")) {
      for (const node of claimants) result.waiting.add(node.id);
      return;
    }
    const rest = claimants.filter((node) => node.local?.kind !== "special");
    const ranked = rest.toSorted(
      (a, b) =>
        Number(isRestored(b)) - Number(isRestored(a)) ||
        Number(replaces(b, rest)) - Number(replaces(a, rest)) ||
        rank(b) - rank(a) ||
        a.id - b.id,
    );
    const winner = ranked[0];
    for (const loser of ranked.slice(1)) {
      if (winner === undefined) continue;
      if (oneWay && loser.local !== undefined && loser.placeOf !== "remote") {
        result.twins.set(loser.id, `Dropbox takes its name and ${winner.name} beside it for one: rename one of them`);
        continue;
      }
      const staysInDropbox = loser.local === undefined && !isTransient(loser.remote?.name ?? "") && !oneWay;
      if (staysInDropbox && !replaces(winner, [loser]) && !isRestored(winner)) continue;
      const kind = copyKind(loser, winner);
      rename(loser, kind, reasonFor(kind, loser, winner, oneWay || isRestored(winner)));
      if (isRestored(winner) && winner.remote === undefined && loser.local === undefined)
        winner.reason = "restored: it keeps the name, and what Dropbox has is kept beside it";
      // Its other half is the loser by now: seen by itself it would pass for deleted on disk.
      if (
        kind === "conflicted copy" &&
        winner.local === undefined &&
        winner.synced !== undefined &&
        !winner.outlivesBase
      )
        winner.reason = "changed on both sides: Dropbox's keeps the name";
    }
  }

  function noteWhatWaits(two: readonly Merged[]): void {
    const unread = two.find(({ local }) => local !== undefined && isUnread(names, local));
    const other = two.find(({ local, fate }) => local === undefined && fate === "live");
    if (unread !== undefined && other !== undefined) result.waitFor.set(other.id, unread.id);
  }

  function rename(node: Merged, kind: CopyKind, reason: string): void {
    node.name = freeName(node, kind);
    node.remoteName = names.canonical(node.name);
    node.placeOf = "local";
    node.reason = reason;
    result.renamed.set(node.id, kind);
  }

  /** A file became a folder, or the reverse, while what it had been was changed on the other side: the new kind keeps the name. */
  function replaces(node: Merged, others: readonly Merged[]): boolean {
    if (node.synced !== undefined) return false;
    const side = node.local !== undefined ? "local" : "remote";
    return others.some(
      (other) =>
        other.synced !== undefined &&
        other[side] === undefined &&
        other.synced.kind !== (node.local ?? node.remote)?.kind,
    );
  }

  /**
   * Who keeps the name: the one that Dropbox has there, else the one that was synced there, else the older. Where only
   * Dropbox follows, what is on disk goes before all else.
   */
  function rank(node: Merged): number {
    const follows = oneWay && node.local !== undefined ? 4 : 0;
    return follows + (isThere(node) ? 2 : 0) + (node.synced !== undefined ? 1 : 0);
  }

  /** Whether it has the name on disk since files were restored: that goes before all else. */
  function isRestored({ local, parent, name }: Merged): boolean {
    return restored !== null && local !== undefined && local.parent === parent && local.key === names.key(name);
  }

  /** Whether Dropbox has it by the name that it is to have. */
  function isThere({ remote, parent, name }: Merged): boolean {
    return remote !== undefined && remote.parent === parent && remote.key === names.key(name);
  }

  /** Two that are one: new on both sides with the same content; folders of one name. */
  function findTwin(claimants: Merged[]): Link | "wait" | null {
    const onDisk = claimants.find(
      (node) => node.local !== undefined && node.remote === undefined && node.local.kind !== "special",
    );
    // What a swap has left under a name of ours is not what has its name by now.
    const isNamed = (node: Merged) => !isTransient(node.remote?.name ?? "") || !claimants.some(isThere);
    const inDropbox = claimants.find((node) => node.remote !== undefined && node.local === undefined && isNamed(node));
    if (onDisk?.local === undefined || inDropbox?.remote === undefined) return null;
    if (onDisk.local.kind !== inDropbox.remote.kind) return null;
    if (isKeptFromItsName(onDisk)) return null;
    // Something is under way with one of them: which node it is must not change meanwhile.
    if (onDisk.fate === "wait" || inDropbox.fate === "wait") return "wait";
    if (onDisk.synced !== undefined && inDropbox.synced !== undefined) return null;
    if (onDisk.local.kind === "file") {
      if (isUnread(names, onDisk.local)) return "wait";
      const { hash } = inDropbox.remote;
      if (onDisk.local.hash !== hash) return null;
    }
    return link(onDisk, inDropbox);
  }

  function copyKind(loser: Merged, winner: Merged): CopyKind {
    if (winner.local === undefined || winner.name === loser.name) return "conflicted copy";
    return loser.name.normalize("NFC") === winner.name.normalize("NFC") ? "unicode conflict" : "case conflict";
  }

  function freeName(node: Merged, kind: CopyKind): Name {
    const parent = node.parent as NodeId;
    // One side may have done so already: what it has under the new name is this same node.
    const isAnother = (one: { readonly id: NodeId }) => one.id !== node.id;
    for (let count = 1; ; count++) {
      const name = copyName(node.name, kind, who, day, count);
      const key = names.key(name);
      const slot = slots(parent, key);
      const isTaken = claims.has(slot) || takenNames.has(slotOf(parent, key));
      const taken = isTaken || slot.local.some(isAnother) || slot.remote.some(isAnother);
      if (taken) continue;
      claims.set(slot, [node]);
      return name;
    }
  }
}

function reasonFor(kind: CopyKind, loser: Merged, winner: Merged, diskFirst: boolean): string {
  if (kind !== "conflicted copy") return "Dropbox takes the two names for one: the second is renamed";
  if (loser.local !== undefined && !(diskFirst && loser.placeOf === "remote"))
    return "both sides have one of this name: Dropbox's keeps it, the one on disk is kept beside it";
  if (diskFirst) return "both sides have one of this name: the disk's keeps it, the one in Dropbox is kept beside it";
  return `became a ${winner.local?.kind} on disk, which keeps the name: what Dropbox has is kept beside it`;
}

function link(onDisk: Merged, inDropbox: Merged): Link {
  return inDropbox.synced !== undefined && onDisk.synced === undefined
    ? { kind: "link", tree: "local", from: onDisk.id, to: inDropbox.id }
    : { kind: "link", tree: "remote", from: inDropbox.id, to: onDisk.id };
}

/** What is to be deleted, changed or parked, where something new may take its name. */
function deletedAmong(nodes: readonly Merged[], merge: Merge, slots: Slots, names: RemoteNames): Set<Merged> {
  const goes = ({ fate }: Merged) => fate === "delete" || fate === "stay";
  const deleted = new Set(nodes.filter(goes));
  for (const node of nodes) {
    if (node.fate !== "live" || node.synced !== undefined || node.parent === null) continue;
    const { local, remote } = slots(node.parent, keyOf(node, names));
    for (const { id } of [...local, ...remote]) if (goes(merge(id))) deleted.add(merge(id));
  }
  return deleted;
}

/**
 * A file deleted on one side, and on that same side a new one under its name (another program replaced it): that is an
 * edit of the file, not a deletion and a creation, so that its history and id stay.
 */
function pairDeletedWithNew(
  deleted: Iterable<Merged>,
  claims: ReadonlyMap<Slot, Merged[]>,
  slotFor: (node: Merged, parent: NodeId) => Slot,
  isKeptFromItsName: (node: Merged) => boolean,
  addLink: (adjustment: Link) => void,
): void {
  for (const node of deleted) {
    if (node.synced === undefined || node.parent === null) continue;
    const claimants = claims.get(slotFor(node, node.parent));
    const newcomer = claimants?.length === 1 ? claimants[0] : undefined;
    if (newcomer === undefined || newcomer.synced !== undefined || newcomer.fate !== "live") continue;
    if (isKeptFromItsName(newcomer)) continue;
    if (node.local !== undefined && newcomer.local === undefined && newcomer.remote?.kind === node.local.kind) {
      addLink(link(node, newcomer));
    } else if (
      node.remote !== undefined &&
      newcomer.remote === undefined &&
      newcomer.local?.kind === node.remote.kind
    ) {
      addLink({ kind: "link", tree: "local", from: newcomer.id, to: node.id });
    }
  }
}
