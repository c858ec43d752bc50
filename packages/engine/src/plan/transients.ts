import type { LocalNode, TreeReader } from "../ports/store.ts";
import type { NodeId } from "../ports/values.ts";
import { isTransient } from "./names.ts";

/** Whether something in a folder on disk, near or far, has a name that stands for a moment only. */
export function holdsTransient(tree: TreeReader<LocalNode>, id: NodeId): boolean {
  return tree
    .children(id)
    .some((child) => isTransient(child.name) || (child.kind === "folder" && holdsTransient(tree, child.id)));
}
