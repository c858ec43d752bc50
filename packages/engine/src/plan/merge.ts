import type { RemoteNames } from "../ports/remote.ts";
import type { LocalNode, RemoteNode, SyncedNode } from "../ports/store.ts";
import type { Name, NameKey, NodeId } from "../ports/values.ts";
import type { PlanContext } from "./context.ts";
import { originalName } from "./names.ts";

/** Where one side has a node by its user's will. */
export interface Wish {
  readonly parent: NodeId | null;
  readonly name: Name;
  /** What the side has is a name that stands for a moment only. */
  readonly passing: boolean;
}

/** One node on all sides, and what is to become of it, seen by itself: the table of SPEC section 2, row by row. */
export interface Merged {
  readonly id: NodeId;
  readonly local: LocalNode | undefined;
  readonly remote: RemoteNode | undefined;
  readonly synced: SyncedNode | undefined;
  /** Where its sides have it by their users' will. */
  readonly wishes: { readonly local: Wish | undefined; readonly remote: Wish | undefined };
  /** `wait`: too little is known. `stay`: it has left the disk for an ignored place, and Dropbox keeps its copy. */
  fate: "live" | "delete" | "forget" | "wait" | "stay";
  /** Where it is to be. */
  parent: NodeId | null;
  name: Name;
  remoteName: Name;
  /** Whose place that is. */
  placeOf: "both" | "local" | "remote";
  /** Whose content it is to have. */
  readonly contentOf: "same" | "local" | "remote" | "conflict";
  /** Deleted on one side, but moved on the other: it is new from there, with all that it holds, and the base forgotten. */
  readonly outlivesBase: boolean;
  /** A sentence: why. */
  reason: string;
  /** Why its content is sent, where its place changes for another reason. */
  readonly contentReason?: string;
}

/** Whether the disk's name is the remote's, or the two were agreed on as they are, whatever their letters' case. */
export function haveOneName(
  names: RemoteNames,
  local: LocalNode,
  remote: RemoteNode,
  synced: SyncedNode | undefined,
): boolean {
  return (
    names.canonical(local.name) === remote.name ||
    (synced !== undefined && synced.name === local.name && synced.remoteName === remote.name)
  );
}

/** The remote's key for the name that it is to have: as a rule that is the name of one of its sides. */
export function keyOf({ name, local, remote }: Merged, names: RemoteNames): NameKey {
  if (local?.name === name) return local.key;
  if (remote?.name === name) return remote.key;
  return names.key(name);
}

/** Whether its content is still to be looked at. What is too large for the remote never is: it is not sent anyway. */
export function isUnread(names: RemoteNames, local: LocalNode): boolean {
  return local.kind === "file" && local.hash === null && local.size <= names.maximumFileSize;
}

/** Merges single nodes, each once. */
export function createMerger({ trees, names, unknown, left, unanswered, rewritten, oneWay, restored }: PlanContext) {
  const merged = new Map<NodeId, Merged>();

  function merge(id: NodeId): Merged {
    const known = merged.get(id);
    if (known !== undefined) return known;
    const result = mergeNode(id);
    merged.set(id, result);
    return result;
  }

  function mergeNode(id: NodeId): Merged {
    const local = trees.local.get(id);
    const remote = trees.remote.get(id);
    const synced = trees.synced.get(id);
    const onDisk = local === undefined ? undefined : wish(local, synced, synced?.name);
    const there = remote === undefined ? undefined : wish(remote, synced, synced?.remoteName);
    const wishes = { local: onDisk, remote: there };
    const base = { id, local, remote, synced, wishes, outlivesBase: false };

    if (local === undefined && remote === undefined) {
      const place = { parent: synced?.parent ?? null, name: synced?.name ?? ("" as Name) };
      return {
        ...base,
        ...place,
        remoteName: synced?.remoteName ?? ("" as Name),
        fate: "forget",
        placeOf: "both",
        contentOf: "same",
        reason: "gone on both sides",
      };
    }

    const isUnheard = restored === "unheard";
    const localEdited =
      local?.kind === "file" && (local.hash !== (synced?.hash ?? null) || rewritten.has("local", id) || isUnheard);
    const isOurs = remote?.kind === "file" && unanswered.has(id, remote.hash);
    const remoteEdited =
      remote?.kind === "file" && (remote.hash !== (synced?.hash ?? null) || rewritten.has("remote", id)) && !isOurs;
    const unhashed = local !== undefined && isUnread(names, local);
    const localMoved =
      synced !== undefined &&
      onDisk !== undefined &&
      (onDisk.parent !== synced.parent || onDisk.name !== synced.name || isUnheard);
    const isOurPlace = there !== undefined && unanswered.isPlace(id, there.parent, there.name);
    const remoteMoved =
      synced !== undefined &&
      there !== undefined &&
      (there.parent !== synced.parent || there.name !== synced.remoteName) &&
      !isOurPlace;
    const waits = unknown.has(id) || unhashed;

    if (there === undefined && onDisk !== undefined) {
      const place = { parent: onDisk.parent, name: onDisk.name, remoteName: names.canonical(onDisk.name) };
      const one = { ...base, ...place, placeOf: "local", contentOf: "local" } as const;
      if (synced === undefined) {
        return { ...one, fate: waits ? "wait" : "live", reason: "new on disk" };
      }
      if (localMoved) {
        const done = isUnheard ? "restored" : "moved on disk";
        return { ...one, outlivesBase: true, fate: "live", reason: `${done}, deleted in Dropbox` };
      }
      if (unanswered.isRemoved(id))
        return { ...one, outlivesBase: true, fate: "live", reason: "on disk again after it was deleted in Dropbox" };
      if (waits) return { ...one, fate: "wait", reason: "changed on disk, deleted in Dropbox" };
      if (localEdited) return { ...one, fate: "live", reason: "edited on disk, deleted in Dropbox: the edit lives" };
      return { ...one, fate: deletionIn(onDisk.parent), reason: "deleted in Dropbox" };
    }

    if (onDisk === undefined && there !== undefined) {
      const place = { parent: there.parent, ...spelling(there.name, synced) };
      const one = { ...base, ...place, placeOf: "remote", contentOf: "remote" } as const;
      if (synced === undefined) return { ...one, fate: unknown.has(id) ? "wait" : "live", reason: "new in Dropbox" };
      if (unknown.has(id)) return { ...one, fate: "wait", reason: "deleted on disk" };
      if (remoteMoved) return { ...one, outlivesBase: true, fate: "live", reason: "moved in Dropbox, deleted on disk" };
      if (remoteEdited) return { ...one, fate: "live", reason: "edited in Dropbox, deleted on disk: the edit lives" };
      const now = left.whereIs(id);
      if (now !== null) return { ...one, fate: "stay", reason: `moved on disk to ${now.path}, which is ignored` };
      return { ...one, fate: deletionIn(there.parent), reason: "deleted on disk" };
    }

    if (local === undefined || remote === undefined || onDisk === undefined || there === undefined)
      throw new Error("unreachable: one side is there");

    const contentOf =
      local.kind !== remote.kind
        ? "conflict"
        : local.kind === "folder" || local.hash === remote.hash
          ? "same"
          : unhashed
            ? "same"
            : localEdited && remoteEdited
              ? "conflict"
              : localEdited || isOurs
                ? "local"
                : "remote";
    const stand = !onDisk.passing && !there.passing;
    const samePlace = stand && local.parent === remote.parent && haveOneName(names, local, remote, synced);
    const fate = waits ? "wait" : "live";
    const both = { ...base, fate, contentOf } as const;
    const contentReason =
      contentOf === "conflict"
        ? "edited on both sides"
        : contentOf === "local"
          ? "edited on disk"
          : "edited in Dropbox";
    if (samePlace) {
      return {
        ...both,
        parent: local.parent,
        name: local.name,
        remoteName: remote.name,
        placeOf: "both",
        reason: contentReason,
      };
    }
    // A name that stands for a moment only is neither side's wish: where the node is to go is what the other side has.
    const keepsPlace =
      restored !== null ? localMoved || localEdited || synced === undefined : localMoved && (oneWay || !remoteMoved);
    if (!onDisk.passing && (there.passing || isOurPlace || keepsPlace)) {
      return {
        ...both,
        parent: onDisk.parent,
        name: onDisk.name,
        remoteName: names.canonical(onDisk.name),
        placeOf: "local",
        reason:
          remoteMoved && restored !== null ? "moved in Dropbox: the restored one keeps its place" : "moved on disk",
        contentReason,
      };
    }
    return {
      ...both,
      parent: there.parent,
      ...spelling(there.name, synced, local),
      placeOf: "remote",
      reason: localMoved ? "moved on both sides: Dropbox's place wins" : "moved in Dropbox",
      contentReason,
    };
  }

  /** What was deleted together with its folder may live on with it: while too little is known of that, it waits. */
  function deletionIn(folder: NodeId | null): "delete" | "wait" {
    return folder !== null && merge(folder).fate === "wait" ? "wait" : "delete";
  }

  /**
   * What has a name that stands for a moment only is on its way: it is taken to be where it was last synced, or, when it
   * never was, to have its own name where it lies.
   */
  function wish(node: LocalNode | RemoteNode, synced: SyncedNode | undefined, syncedName: Name | undefined): Wish {
    const original = originalName(node.name);
    if (original === null) return { parent: node.parent, name: node.name, passing: false };
    const folder = synced?.parent ?? null;
    const folderIsThere =
      folder !== null && (trees.local.get(folder) !== undefined || trees.remote.get(folder) !== undefined);
    return folderIsThere && syncedName !== undefined
      ? { parent: folder, name: syncedName, passing: true }
      : { parent: node.parent, name: original, passing: true };
  }

  /** How a name that comes from the remote is written on disk: as its user wrote it, where that is the same name. */
  function spelling(remoteName: Name, synced: SyncedNode | undefined, local?: LocalNode) {
    if (synced !== undefined && synced.remoteName === remoteName) return { name: synced.name, remoteName };
    if (local !== undefined && names.canonical(local.name) === remoteName) return { name: local.name, remoteName };
    return { name: remoteName, remoteName };
  }

  return merge;
}
