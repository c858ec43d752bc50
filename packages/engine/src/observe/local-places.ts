import type { RemoteNames } from "../ports/remote.ts";
import type { LocalNode, LocalReader } from "../ports/store.ts";
import { type NodeId, type RelativePath, ROOT } from "../ports/values.ts";

/** What the local tree has where, by names as they are spelled: on disk, names that are one in Dropbox may lie side by side. */
export function createLocalPlaces(local: LocalReader, names: RemoteNames) {
  function childByName(parent: NodeId, name: string): LocalNode | undefined {
    return local.childrenByKey(parent, names.key(name)).find((child) => child.name === name);
  }

  return {
    childByName,
    nodeAt(path: RelativePath): LocalNode | undefined {
      let node = local.get(ROOT);
      if (path === "") return node;
      for (const name of path.split("/")) {
        if (node === undefined) return undefined;
        node = childByName(node.id, name);
      }
      return node;
    },
  };
}

export type LocalPlaces = ReturnType<typeof createLocalPlaces>;
