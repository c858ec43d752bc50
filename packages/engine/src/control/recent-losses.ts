import type { Trees } from "../ports/store.ts";
import type { NodeId } from "../ports/values.ts";

/** Losses are counted together for so long, in milliseconds: one `rm -r` is seen in several looks. */
export const WINDOW = 60_000;
/** Times are kept to so many milliseconds, so that many files of one moment are one entry. */
const GRAIN = 100;

/** Of so many files it is known when they came: enough for those that come and go. */
const MOST_KNOWN = 20_000;

/** Files that were there together: since when, as far as that is within the window, and until when. */
interface Taken {
  readonly from: number;
  readonly until: number;
  files: number;
}

/**
 * What deletions took from one side within the last minute. Files that came and went again, one after the other, are no
 * great loss, however many they are: what counts is how many of those that are gone had been there at one moment.
 */
export function createRecentLosses(tree: Trees["local" | "remote"]) {
  const cameAt = new Map<NodeId, number>();
  const begun = new Map<NodeId, readonly Taken[]>();
  let taken: Taken[] = [];

  function forget(now: number): void {
    for (const [id, at] of cameAt) {
      if (now - at <= WINDOW) break;
      cameAt.delete(id);
    }
    taken = taken.filter(({ until }) => now - until <= WINDOW);
  }

  /** Looks what became of a deletion; one that has failed may have been done all the same, and heard of later. */
  function settle(id: NodeId, now: number): void {
    const groups = begun.get(id) ?? [];
    if (tree.get(id) !== undefined) {
      if (groups.every(({ until }) => now - until > WINDOW)) begun.delete(id);
      return;
    }
    begun.delete(id);
    for (const group of groups) {
      const last = taken.at(-1);
      if (last?.from === group.from && last.until === group.until) last.files += group.files;
      else taken.push({ ...group });
    }
  }

  /** The files of an item, by when they came. */
  function together(id: NodeId, until: number): readonly Taken[] {
    const groups = new Map<number, Taken>();
    for (const file of filesWithin(tree, id)) {
      const came = cameAt.get(file);
      const from = came === undefined ? Number.NEGATIVE_INFINITY : Math.floor(came / GRAIN) * GRAIN;
      const group = groups.get(from);
      if (group === undefined) groups.set(from, { from, until, files: 1 });
      else group.files++;
    }
    return [...groups.values()];
  }

  return {
    /** A file begins to be put where none was, or was just found there. */
    comes(id: NodeId, now: number): void {
      settle(id, now);
      cameAt.delete(id);
      cameAt.set(id, now);
      for (const oldest of cameAt.keys()) {
        if (cameAt.size <= MOST_KNOWN) break;
        cameAt.delete(oldest);
      }
    },
    /** An item begins to be deleted, with all that is in it. */
    goes(id: NodeId, now: number): void {
      begun.set(id, together(id, Math.ceil(now / GRAIN) * GRAIN));
    },
    /** Brings the count up to date. @param open what is still to be deleted, or being deleted: that is not gone yet */
    look(open: ReadonlySet<NodeId>, now: number): void {
      forget(now);
      for (const id of begun.keys()) if (!open.has(id)) settle(id, now);
    },
    /** How many of the files that are gone, or would go with these items, were there at one moment of the last minute. */
    most(items: Iterable<NodeId>): number {
      const going = [...items].flatMap((id) => together(id, Number.POSITIVE_INFINITY));
      const bounds = [...taken, ...going]
        .flatMap(({ from, until, files }) => [
          { at: from, files },
          { at: until, files: -files },
        ])
        // What came just when another went was there with it.
        .sort((a, b) => (a.at === b.at ? b.files - a.files : a.at - b.at));
      let present = 0;
      let most = 0;
      for (const { files } of bounds) {
        present += files;
        most = Math.max(most, present);
      }
      return most;
    },
  };
}

export type RecentLosses = ReturnType<typeof createRecentLosses>;

/** The files at or below an item. */
export function* filesWithin(tree: Trees["local" | "remote"], id: NodeId): Generator<NodeId> {
  const node = tree.get(id);
  if (node === undefined) return;
  if (node.kind !== "folder") yield id;
  else for (const child of tree.children(id)) yield* filesWithin(tree, child.id);
}
