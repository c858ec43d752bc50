import type { Store } from "../ports/store.ts";
import type { NodeId } from "../ports/values.ts";

/** Set while an engine runs; what is found set was left by one that did not end in good order. */
const RUNNING = "running";

type Side = "local" | "remote";

/**
 * Files that were written since the trees were. Where a run was cut short, the trees may be older than what it did: what
 * has the content that was synced last was perhaps another in between, which the other side has got, and is back to what
 * it was. It counts as edited, so that it is not taken for an old version.
 */
export function createRewritten(store: Store) {
  const files = { local: new Set<NodeId>(), remote: new Set<NodeId>() };
  let wasCutShort = false;

  return {
    /** A run begins: until all was seen, what differs from the trees may stem from the last one. */
    begin(): void {
      wasCutShort = store.readMeta(RUNNING) !== null;
      store.writeMeta(RUNNING, "yes");
    },
    /** All was seen, and has its place: nothing is in doubt any more. */
    seenAll(): void {
      wasCutShort = false;
      files.local.clear();
      files.remote.clear();
    },
    /** The run ends in good order. */
    end: (): void => store.writeMeta(RUNNING, null),
    /** Whether there is anything to note: hardly ever, and then only until all was seen. */
    isInDoubt: (): boolean => wasCutShort,
    /** Another version of the file was seen on that side than the tree had; it may turn out to be what was synced last. */
    note(side: Side, id: NodeId): void {
      if (wasCutShort) files[side].add(id);
    },
    has: (side: Side, id: NodeId): boolean => files[side].has(id),
  };
}

export type Rewritten = ReturnType<typeof createRewritten>;
