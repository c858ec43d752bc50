import type { Store } from "../ports/store.ts";
import type { NodeId, RelativePath } from "../ports/values.ts";

const LEFT = "left";

/**
 * What a user has moved on disk to a place that is ignored: out of sync, and not deleted. Its copy in Dropbox stays
 * until somebody does something about it. The merge base goes on knowing it, so that it is itself again when it is back.
 */
export function createLeftItems(store: Store) {
  const items = new Map(JSON.parse(store.readMeta(LEFT) ?? "[]") as [NodeId, RelativePath][]);

  function save(): void {
    store.writeMeta(LEFT, items.size === 0 ? null : JSON.stringify([...items]));
  }

  return {
    /** Call it within the transaction that removes it from the local tree. */
    leave(id: NodeId, to: RelativePath): void {
      items.set(id, to);
      save();
    },
    /** Where it, or a folder that it lay in, is now; null for all others. */
    whereIs(id: NodeId): { readonly path: RelativePath; readonly itself: boolean } | null {
      if (items.size === 0) return null;
      for (let up: NodeId | null = id; up !== null; up = store.synced.get(up)?.parent ?? null) {
        const path = items.get(up);
        if (path !== undefined) return { path, itself: up === id };
      }
      return null;
    },
    /** Those that are back, or gone on both sides, have left no more. */
    prune(): void {
      let pruned = false;
      for (const id of items.keys()) {
        const stays = store.local.get(id) === undefined && store.synced.get(id) !== undefined;
        if (stays) continue;
        items.delete(id);
        pruned = true;
      }
      if (pruned) save();
    },
  };
}

export type LeftItems = ReturnType<typeof createLeftItems>;
