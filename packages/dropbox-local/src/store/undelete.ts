import type { Entry } from "./entries.ts";
import { DeleteFailure, WriteFailure } from "./failures.ts";
import type { Tree } from "./tree.ts";

/**
 * Brings back a tombstone, within a transaction: a file in its last version, a folder with all that was deleted together with it.
 * @throws WriteFailure a conflict, or `insufficient_space`; DeleteFailure `too_many_files`
 */
export function undelete(tree: Tree, tombstone: Entry): Entry {
  if (!tombstone.folder) return undeleteFile(tree, tombstone);
  const inside = tree.entries.buriedBelow(tombstone, tree.maximumEntries);
  if (inside.length >= tree.maximumEntries) throw new DeleteFailure("too_many_files");
  const folder = undeleteFolder(tree, tombstone);
  for (const entry of inside) {
    if (entry.folder) undeleteFolder(tree, entry);
    else undeleteFile(tree, entry);
  }
  return folder;
}

function undeleteFile(tree: Tree, { ns, key }: Entry): Entry {
  const [last] = tree.revisions.byPath(ns, key, 1);
  if (last === undefined) throw new WriteFailure("malformed_path");
  return tree.restore(ns, last);
}

function undeleteFolder(tree: Tree, tombstone: Entry): Entry {
  const { ns, id } = tombstone;
  const free = tree.entries.aliveById(ns, id) === undefined;
  return tree.place(ns, tombstone, { ...tombstone, id: free ? id : tree.states.newId(ns) });
}
