import { joinPath, type NodeId, type RelativePath, ROOT_PATH } from "../ports/values.ts";
import type { Merged } from "./merge.ts";

/** Paths at which nodes are to be, as they are merged. */
export function createPlaces(merge: (id: NodeId) => Merged) {
  /** Of folders, each of which many nodes lie in. */
  const folders = new Map<NodeId, RelativePath>();

  function pathTo({ parent, name }: Merged): RelativePath {
    return parent === null ? ROOT_PATH : joinPath(pathToFolder(parent), name);
  }

  function pathToFolder(id: NodeId): RelativePath {
    let path = folders.get(id);
    if (path === undefined) {
      // A ring of moves into each other, part of which is still under way, hangs from nothing: it ends where it began.
      folders.set(id, ROOT_PATH);
      path = pathTo(merge(id));
      folders.set(id, path);
    }
    return path;
  }

  return { pathTo };
}
