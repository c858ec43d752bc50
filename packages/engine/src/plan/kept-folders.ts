import { type LocalNode, pathOf, type RemoteNode } from "../ports/store.ts";
import { joinPath, type NodeId, type RelativePath } from "../ports/values.ts";
import type { PlanContext } from "./context.ts";
import type { Merged } from "./merge.ts";
import { userPath } from "./names.ts";

/** `ignored`, `not synced`: stays for these. `alive`: something in it is yet to leave. */
type Keeper = "ignored" | "not synced" | "alive";

/** Why folders that are to be deleted stay: ignored things in them are nobody's to delete (SPEC section 3). */
export function createKeptFolders(merge: (id: NodeId) => Merged, { trees, ignoredBy, keptOnDisk }: PlanContext) {
  const atRemote = new Map<NodeId, Keeper | null>();

  function isIgnored(one: LocalNode | RemoteNode, kind: "file" | "folder", folder: RelativePath): boolean {
    return merge(one.id).synced === undefined && ignoredBy(userPath(joinPath(folder, one.name)), kind) !== null;
  }

  /** A folder in Dropbox goes whole, with all that is in it, or not at all. */
  function keeperAtRemote(id: NodeId): Keeper | null {
    const known = atRemote.get(id);
    if (known !== undefined) return known;
    let result: Keeper | null = null;
    const path = pathOf(trees.remote, id);
    for (const child of trees.remote.children(id)) {
      const { fate } = merge(child.id);
      const within = isIgnored(child, child.kind, path)
        ? "ignored"
        : fate !== "delete"
          ? "alive"
          : child.kind === "folder"
            ? keeperAtRemote(child.id)
            : null;
      if (within === "ignored") {
        result = "ignored";
        break;
      }
      result ??= within;
    }
    atRemote.set(id, result);
    return result;
  }

  /** On disk files go first, and each folder when it is empty. What is ignored there is mostly known by the disk's refusal only. */
  function keeperOnDisk(id: NodeId): Keeper | null {
    if (keptOnDisk.has(id)) return "ignored";
    const children = trees.local.children(id);
    if (children.length === 0) return null;
    const rest = children.filter((child) => merge(child.id).fate !== "delete");
    if (rest.some((child) => child.kind === "special")) return "not synced";
    const path = pathOf(trees.local, id);
    if (rest.some((child) => child.kind !== "special" && isIgnored(child, child.kind, path))) return "ignored";
    const stay = rest.length === 0 && children.every((child) => child.kind === "folder" && stays("local", child.id));
    return stay ? "ignored" : "alive";
  }

  const keeper = (side: "local" | "remote", id: NodeId) => (side === "local" ? keeperOnDisk(id) : keeperAtRemote(id));

  /** Whether a folder that was deleted on the other side stays on this one. */
  function stays(side: "local" | "remote", id: NodeId): boolean {
    const node = merge(id);
    if (node.fate !== "delete" || node[side]?.kind !== "folder") return false;
    return ["ignored", "not synced"].includes(keeper(side, id) ?? "");
  }

  return { keeper, stays };
}
