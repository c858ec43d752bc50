import { isCopyName } from "../plan/names.ts";
import type { Store } from "../ports/store.ts";
import type { NodeId } from "../ports/values.ts";

const CONFLICTS = "conflicts";

/** The conflict copies that are still beside their originals; they are told until a person has renamed or removed them. */
export function createConflictCopies(store: Store) {
  const copies = new Set<NodeId>(JSON.parse(store.readMeta(CONFLICTS) ?? "[]") as NodeId[]);

  function save(): void {
    store.writeMeta(CONFLICTS, JSON.stringify([...copies]));
  }

  return {
    add(id: NodeId): void {
      copies.add(id);
      save();
    },
    all(): ReadonlySet<NodeId> {
      const before = copies.size;
      for (const id of copies) {
        const node = store.local.get(id);
        if (node === undefined || !isCopyName(node.name)) copies.delete(id);
      }
      if (copies.size !== before) save();
      return copies;
    },
  };
}

export type ConflictCopies = ReturnType<typeof createConflictCopies>;
