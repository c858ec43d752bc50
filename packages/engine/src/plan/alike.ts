import type { LocalNode } from "../ports/store.ts";
import { joinPath, type NodeId, type RelativePath, ROOT, ROOT_PATH } from "../ports/values.ts";
import { haveOnePlace, isNews, isSettled } from "./agreement.ts";
import type { NodeSet, PlanContext } from "./context.ts";
import { createMerger, haveOneName, isUnread, keyOf, type Merged } from "./merge.ts";
import { isTransient } from "./names.ts";
import type { Adjustment } from "./operation.ts";
import { createSlots } from "./slots.ts";

/** What both sides have alike, by one node or by two that are to be one. */
export type Alike =
  | { readonly kind: "settled" }
  /** To be written down. `folder`: what is in it may be alike as well then. */
  | {
      readonly kind: "agreed";
      readonly nodes: readonly NodeId[];
      readonly adjustments: readonly Adjustment[];
      readonly folder: boolean;
    }
  /** Not known before `file` was read, which is new on disk; `there` is what Dropbox has by its name, if anything. */
  | { readonly kind: "unread"; readonly file: NodeId; readonly there: NodeId | null };

/**
 * Tells of single nodes whether both sides have them alike, in a folder that both have alike: what the planner would find,
 * too, but about each by itself, so that the first sync of a million equal files needs no plan of a million nodes. In all
 * but the plainest case it says nothing (null), and the planner decides.
 * @param special nodes of which more is to be seen to than that
 */
export function createAlikeFinder(context: PlanContext, special: NodeSet): (id: NodeId) => Alike | null {
  const { trees, names, unknown, ignoredBy } = context;
  const merge = createMerger(context);
  const slots = createSlots(trees);
  /** Of folders that both sides have alike: where; null for all others. */
  const standing = new Map<NodeId, RelativePath | null>([[ROOT, ROOT_PATH]]);

  return (id) => {
    if (isOdd(id)) return null;
    const node = merge(id);
    const { local, remote, synced } = node;
    if (local !== undefined && remote !== undefined) {
      if (pathOf(node) === null) return null;
      if (isSettled(node, names)) return { kind: "settled" };
      const isAgreed = node.fate === "live" && node.contentOf === "same" && haveOnePlace(node, names) && isNews(node);
      if (!isAgreed || isRefused(local) || !isAlone(node, node)) return null;
      const folder = local.kind === "folder";
      return { kind: "agreed", nodes: [id], adjustments: [{ kind: "agree", node: id, content: true }], folder };
    }
    if (synced !== undefined) return null;
    return local === undefined && remote === undefined ? { kind: "settled" } : newOf(node);
  };

  function isOdd(id: NodeId): boolean {
    return id === ROOT || unknown.has(id) || special.has(id);
  }

  /** Where it lies on both sides; null unless that is plain, and not ignored. */
  function pathOf({ parent, name, local, remote }: Merged): RelativePath | null {
    const kind = (local ?? remote)?.kind;
    if (parent === null || kind === undefined || kind === "special") return null;
    const folder = standsAt(parent);
    if (folder === null) return null;
    const path = joinPath(folder, name);
    return ignoredBy(path, kind) === null ? path : null;
  }

  function standsAt(id: NodeId): RelativePath | null {
    let path = standing.get(id);
    if (path === undefined) {
      const node = merge(id);
      path = unknown.has(id) || node.local?.kind !== "folder" || !isSettled(node, names) ? null : pathOf(node);
      standing.set(id, path);
    }
    return path;
  }

  function isRefused({ kind, name, size }: LocalNode): boolean {
    return names.refusal(name) !== null || (kind === "file" && size > names.maximumFileSize);
  }

  /** Whether nothing else has the name, on either side. */
  function isAlone(onDisk: Merged, there: Merged | null): boolean {
    if (onDisk.local === undefined || onDisk.parent === null) return false;
    const { local, remote } = slots(onDisk.parent, onDisk.local.key);
    return local.length === 1 && local[0]?.id === onDisk.id && remote.length <= 1 && remote[0]?.id === there?.id;
  }

  /** Of what one side has anew: whether the other has the same anew. */
  function newOf(node: Merged): Alike | null {
    if (node.parent === null) return null;
    const slot = slots(node.parent, keyOf(node, names));
    const [first, second] = [slot.local[0], slot.remote[0]];
    if (first === undefined) return null;
    const onDisk = merge(first.id);
    const there = second === undefined ? null : merge(second.id);
    const { local } = onDisk;
    if (local === undefined || onDisk.remote !== undefined || onDisk.synced !== undefined) return null;
    if (isOdd(onDisk.id) || isTransient(local.name) || isRefused(local)) return null;
    if (!isAlone(onDisk, there) || pathOf(onDisk) === null) return null;
    const waits = isUnread(names, local);
    if (there === null) return waits ? { kind: "unread", file: onDisk.id, there: null } : null;

    const { remote } = there;
    if (remote === undefined || there.local !== undefined || there.synced !== undefined) return null;
    if (isOdd(there.id) || isTransient(remote.name) || local.kind !== remote.kind) return null;
    if (!haveOneName(names, local, remote, undefined) || pathOf(there) === null) return null;
    if (waits) return { kind: "unread", file: onDisk.id, there: there.id };
    if (local.hash !== remote.hash || (local.kind === "file" && local.hash === null)) return null;
    return {
      kind: "agreed",
      nodes: [onDisk.id, there.id],
      adjustments: [
        { kind: "link", tree: "remote", from: there.id, to: onDisk.id },
        { kind: "agree", node: onDisk.id, content: true },
      ],
      folder: local.kind === "folder",
    };
  }
}
