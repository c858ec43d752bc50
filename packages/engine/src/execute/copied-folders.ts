import type { RemoteNames } from "../ports/remote.ts";
import type { LocalNode, Store } from "../ports/store.ts";
import type { Seconds } from "../ports/values.ts";
import { advanceContent } from "./adjust.ts";

/**
 * A folder was copied at the remote, and its changes tell of what is in it: of that, what is as it was on disk when the copy
 * was asked for is what both sides had last, whatever became of it on disk since. All else is another's.
 * @param nodes what lay in it on disk then, folders before what is in them @returns those that were found
 */
export function adoptCopied(
  store: Store,
  names: RemoteNames,
  nodes: readonly LocalNode[],
  now: Seconds,
): readonly LocalNode[] {
  return nodes.filter((local) => {
    if (local.parent === null || store.remote.get(local.id) !== undefined) return false;
    const [there, another] = store.remote.childrenByKey(local.parent, local.key);
    if (there === undefined || another !== undefined || store.synced.get(there.id) !== undefined) return false;
    if (there.kind !== local.kind || there.hash !== local.hash) return false;
    // Meanwhile taken for something of its own on both sides: then it is.
    if (store.local.get(there.id) !== undefined) return false;
    store.reidentify("remote", there.id, local.id);
    const adopted = store.remote.get(local.id);
    if (adopted !== undefined) advanceContent(store, names, local, adopted, now);
    return true;
  });
}
