import type { NodeId } from "../ports/values.ts";

/** Nodes in the order in which they came, those of one folder together. Costs less than a hundred bytes each. */
export function createNodesByFolder() {
  const folders = new Map<NodeId, Set<NodeId>>();
  const folderOf = new Map<NodeId, NodeId>();

  return {
    /** Which there are in each folder. */
    folders: folders as ReadonlyMap<NodeId, ReadonlySet<NodeId>>,
    has: (id: NodeId): boolean => folderOf.has(id),
    get size() {
      return folderOf.size;
    },
    add(id: NodeId, folder: NodeId): void {
      folderOf.set(id, folder);
      const inIt = folders.get(folder);
      if (inIt === undefined) folders.set(folder, new Set([id]));
      else inIt.add(id);
    },
    /** @returns whether it was there */
    remove(id: NodeId): boolean {
      const folder = folderOf.get(id);
      if (folder === undefined) return false;
      folderOf.delete(id);
      const inIt = folders.get(folder);
      inIt?.delete(id);
      if (inIt?.size === 0) folders.delete(folder);
      return true;
    },
  };
}
