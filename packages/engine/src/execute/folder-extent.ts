import type { FolderExtent, RemoteNames } from "../ports/remote.ts";
import { nodeAt, type RemoteReader } from "../ports/store.ts";
import { type NodeId, type RelativePath, ROOT } from "../ports/values.ts";

/** What Dropbox has in a folder, at any depth, as last seen; null where it is no folder, or holds more than `most` things. */
export function folderExtent(
  tree: RemoteReader,
  names: RemoteNames,
  path: RelativePath,
  most: number,
): FolderExtent | null {
  const folder = nodeAt(tree, ROOT, path, names.key);
  if (folder?.kind !== "folder") return null;
  let entries = 0;
  let bytes = 0;
  const open: NodeId[] = [folder.id];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const child of tree.children(id)) {
      entries++;
      bytes += child.size;
      if (child.kind === "folder") open.push(child.id);
    }
    if (entries > most) return null;
  }
  return { entries, bytes };
}
