import type { RemoteNames } from "../ports/remote.ts";
import type { LocalNode, Store, TreeReader } from "../ports/store.ts";
import type { Name, NodeId } from "../ports/values.ts";

/** No name on disk has it. */
const MARK = "\0";

/** Whether the place of the node, or of a folder above it, was taken by another: it has no path on disk just now. */
export function inLimbo(tree: TreeReader<LocalNode>, node: LocalNode): boolean {
  for (let up: LocalNode | undefined = node; up !== undefined && up.parent !== null; up = tree.get(up.parent)) {
    if (up.name.startsWith(MARK)) return true;
  }
  return false;
}

/** Takes the node's place from it: something else was found there. */
export function sendToLimbo(store: Store, names: RemoteNames, node: LocalNode): void {
  const name = `${MARK}${node.id}` as Name;
  store.local.put({ ...node, name, key: names.key(name) });
}

/**
 * Puts a node where an executor has just placed it. Whoever had the name by our knowledge was gone from disk by then.
 * @returns that node, when there was one: its absence is still to be confirmed
 */
export function putPlaced(store: Store, names: RemoteNames, node: LocalNode): NodeId | null {
  let displaced: NodeId | null = null;
  if (node.parent !== null) {
    for (const other of store.local.childrenByKey(node.parent, node.key)) {
      if (other.id === node.id || other.name !== node.name) continue;
      sendToLimbo(store, names, other);
      displaced = other.id;
    }
  }
  store.local.put(node);
  return displaced;
}
