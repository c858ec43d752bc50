import type { Store } from "../ports/store.ts";
import type { NodeId } from "../ports/values.ts";

/** Kept so that a crash does not make us believe what was never told. */
const UNCONFIRMED = "unconfirmed";

/**
 * A folder that moves takes along what we knew below it. What had been deleted there just before is never told: its
 * old path is gone, and it has no new one. So each thing below counts as there only once it is told at its new path,
 * or was asked for.
 */
export function createUnconfirmed(store: Store) {
  const below = new Map<NodeId, Set<NodeId>>();
  /** What the changes have told of since they were last read to their end. */
  const told = new Set<NodeId>();

  function* descendants(id: NodeId): Generator<NodeId> {
    for (const child of store.remote.children(id)) {
      yield child.id;
      if (child.kind === "folder") yield* descendants(child.id);
    }
  }

  function doubt(folder: NodeId, ids: Iterable<NodeId>): void {
    const open = below.get(folder) ?? new Set();
    for (const id of ids) open.add(id);
    if (open.size === 0) return;
    below.set(folder, open);
    remember();
  }

  function remember(): void {
    store.writeMeta(UNCONFIRMED, below.size > 0 ? "yes" : null);
  }

  return {
    /** Whether an earlier run ended before it knew: only a listing from scratch can tell now. */
    leftOpen: () => below.size === 0 && store.readMeta(UNCONFIRMED) !== null,
    /** Call it before the folder moves, within the same transaction: told of at the old place is not told of at the new. */
    folderMoves: (id: NodeId) => doubt(id, [...descendants(id)]),
    /** A folder took the place of another, with what that one had there. */
    folderReplaced: (id: NodeId) =>
      doubt(
        id,
        [...descendants(id)].filter((one) => !told.has(one)),
      ),
    /** Whether it lies in a folder that moved, and was not told of since. */
    isOpen: (id: NodeId): boolean => [...below.values()].some((open) => open.has(id)),
    tell(id: NodeId): void {
      told.add(id);
      for (const open of below.values()) open.delete(id);
    },
    /** The changes were read to their end. @returns what they should have told of, and did not */
    suspects(): NodeId[] {
      const result: NodeId[] = [];
      for (const [folder, open] of below) {
        // Its own move was not told of yet: what is below it comes later too.
        if (store.remote.get(folder) !== undefined && !told.has(folder)) continue;
        result.push(...open);
      }
      return result.filter((id) => store.remote.get(id) !== undefined);
    },
    /** The suspects were asked for. */
    settle(): void {
      for (const folder of below.keys()) {
        if (told.has(folder) || store.remote.get(folder) === undefined) below.delete(folder);
      }
      told.clear();
      remember();
    },
    /** A listing from scratch has shown all there is. */
    clear(): void {
      below.clear();
      told.clear();
      remember();
    },
  };
}

export type Unconfirmed = ReturnType<typeof createUnconfirmed>;
