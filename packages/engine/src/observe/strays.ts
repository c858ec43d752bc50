import { isGivenBy, isTransient } from "../plan/names.ts";
import type { Clock, Randomness } from "../ports/clock.ts";
import type { Store } from "../ports/store.ts";
import type { NodeId } from "../ports/values.ts";

/** Another engine may be amid a swap of names: what it leaves under a transient name for so long was left for good; milliseconds. */
const LEFT_FOR_GOOD = 60_000;

/** Where the state keeps by what the engine knows the names that it gives for a moment. */
const MARK = "moves mark";

/** Six digits, drawn once for a state: two engines on one disk hardly ever have the same. */
export function markOf(store: Store, randomness: Randomness): string {
  const known = store.readMeta(MARK);
  if (known !== null) return known;
  const drawn = `${100_000 + Math.floor(randomness.next() * 900_000)}`;
  store.writeMeta(MARK, drawn);
  return drawn;
}

/**
 * Things found under a transient name that no swap of ours has given them: some other engine's swap that is under way,
 * or one that was cut short together with its memory. They are waited for, and then taken for what they are: a user's
 * files.
 */
export function createStrays(store: Store, clock: Clock, mark: string) {
  const found = new Map<NodeId, number>();

  function isStray(id: NodeId): boolean {
    const local = store.local.get(id);
    const remote = store.remote.get(id);
    const synced = store.synced.get(id);
    const passes = (node: { readonly name: string } | undefined) =>
      node !== undefined && isTransient(node.name) && !isGivenBy(mark, node.name);
    if (synced !== undefined) {
      // A swap on one side begins with what was moved on the other: where nothing was, it is another's, seen half done.
      const isUnmovedHere = local?.parent === synced.parent && local.name === synced.name;
      const isUnmovedThere = remote?.parent === synced.parent && remote.name === synced.remoteName;
      return (passes(remote) && isUnmovedHere) || (passes(local) && isUnmovedThere);
    }
    if ((local === undefined) === (remote === undefined)) return false;
    return passes(local ?? remote);
  }

  return {
    /** Whether it is to be left alone for now. */
    has(id: NodeId): boolean {
      if (!isStray(id)) return false;
      const since = found.get(id) ?? clock.monotonic();
      found.set(id, since);
      return clock.monotonic() - since < LEFT_FOR_GOOD;
    },
    /** Milliseconds until the next was left for good, as of a plan that was begun at `since`; null when there is none. */
    nextLook(since: number): number | null {
      let next: number | null = null;
      for (const [id, at] of found) {
        const due = at + LEFT_FOR_GOOD;
        const rest = Math.max(0, due - clock.monotonic());
        if (!isStray(id)) found.delete(id);
        else if (due > since) next = Math.min(next ?? rest, rest);
      }
      return next;
    },
  };
}
