import type { Store } from "../ports/store.ts";
import type { NodeId } from "../ports/values.ts";

/** Set while an engine runs; what is found set was left by one that did not end in good order. */
const RUNNING = "running";

const SIDES = ["local", "remote"] as const;
type Side = (typeof SIDES)[number];

/** So many ids are stored under one name: with each that is added, all of them are written. */
const TOGETHER = 64;

/**
 * Files that were written since the trees were. Where a run was cut short, the trees may be older than what it did: what
 * has the content that was synced last was perhaps another in between, which the other side has got, and is back to what
 * it was. It counts as edited, so that it is not taken for an old version; in a later run too, until all was seen.
 */
export function createRewritten(store: Store) {
  const files = { local: createKeptIds(store, "local"), remote: createKeptIds(store, "remote") };
  let wasCutShort = false;

  return {
    /** A run begins: until all was seen, what differs from the trees may stem from the last one. */
    begin(): void {
      wasCutShort = store.readMeta(RUNNING) !== null;
      store.writeMeta(RUNNING, "yes");
      for (const side of SIDES) files[side].load();
    },
    /** All was seen, and has its place: nothing is in doubt any more. */
    seenAll(): void {
      wasCutShort = false;
      for (const side of SIDES) files[side].clear();
    },
    /** The run ends in good order; what was in doubt still is. */
    end(): void {
      if (!wasCutShort) store.writeMeta(RUNNING, null);
    },
    /** Whether there is anything to note: hardly ever, and then only until all was seen. */
    isInDoubt: (): boolean => wasCutShort,
    /** Another version of the file was seen on that side than the tree had; it may turn out to be what was synced last. */
    note(side: Side, id: NodeId): void {
      if (wasCutShort) files[side].add(id);
    },
    has: (side: Side, id: NodeId): boolean => files[side].has(id),
    isNoted: (id: NodeId): boolean => SIDES.some((side) => files[side].has(id)),
  };
}

export type Rewritten = ReturnType<typeof createRewritten>;

/** A set of ids that outlives the process; each is stored in the transaction in which it is added. */
function createKeptIds(store: Store, side: Side) {
  const ids = new Set<NodeId>();
  /** Those under the last name. */
  let last: NodeId[] = [];
  let names = 0;
  const nameOf = (place: number) => `rewritten ${side} ${place}`;

  return {
    has: (id: NodeId): boolean => ids.has(id),
    add(id: NodeId): void {
      if (ids.has(id)) return;
      ids.add(id);
      if (names === 0 || last.length === TOGETHER) {
        last = [];
        names++;
      }
      last.push(id);
      store.writeMeta(nameOf(names - 1), last.join(" "));
    },
    load(): void {
      for (;;) {
        const kept = store.readMeta(nameOf(names));
        if (kept === null) return;
        last = kept.split(" ").map((id) => Number(id) as NodeId);
        for (const id of last) ids.add(id);
        names++;
      }
    },
    clear(): void {
      for (let place = 0; place < names; place++) store.writeMeta(nameOf(place), null);
      ids.clear();
      names = 0;
    },
  };
}
