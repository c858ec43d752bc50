import type { SyncedReader } from "../ports/store.ts";
import type { ContentHash, Name, NameKey, NodeId } from "../ports/values.ts";

interface Place {
  readonly parent: NodeId;
  readonly name: Name;
}

/**
 * Contents that were sent, places and deletions that were asked for, of which no answer said that they were done: they may
 * be all the same. Found at the remote, they are no one else's. Never stored: after a start they are taken for what they
 * look like.
 */
export function createUnanswered(key: (name: string) => NameKey, synced: SyncedReader) {
  /** Null stands for a folder. */
  const sent = new Map<NodeId, Set<ContentHash | null>>();
  const places = new Map<NodeId, Place[]>();
  /** By place, what was to come there anew. */
  const sentThere = new Map<string, Set<NodeId>>();
  const deletions = new Set<NodeId>();
  /** Writes that were not answered, and how many of them the remote's changes have been read since. */
  let failed = 0;
  let seen = 0;
  const slotOf = (parent: NodeId, nameKey: NameKey) => `${parent}/${nameKey}`;

  function forgetPlaces(id: NodeId): void {
    for (const { parent, name } of places.get(id) ?? []) {
      const slot = slotOf(parent, key(name));
      const there = sentThere.get(slot);
      if (there?.delete(id) && there.size === 0) sentThere.delete(slot);
    }
    places.delete(id);
  }

  function send(id: NodeId, hash: ContentHash | null): void {
    const contents = sent.get(id) ?? new Set();
    sent.set(id, contents.add(hash));
  }

  /** It is to be moved there, or to come there anew. */
  function place(id: NodeId, at: Place): void {
    places.set(id, [...(places.get(id) ?? []), at]);
  }

  return {
    send,
    place,
    /** A folder, or a content, is to come there anew. */
    sendTo(id: NodeId, hash: ContentHash | null, at: Place): void {
      send(id, hash);
      place(id, at);
      const slot = slotOf(at.parent, key(at.name));
      sentThere.set(slot, (sentThere.get(slot) ?? new Set()).add(id));
    },
    /** It is to be deleted, with all that is in it. */
    remove: (id: NodeId): void => void deletions.add(id),
    /** Whether it was to be deleted, by itself or with a folder that it lay in. */
    isRemoved(id: NodeId): boolean {
      if (deletions.size === 0) return false;
      for (let up: NodeId | null = id; up !== null; up = synced.get(up)?.parent ?? null)
        if (deletions.has(up)) return true;
      return false;
    },
    /** A write was answered. Of what was sent, the answer to a move says nothing. */
    answered(id: NodeId, isMove: boolean): void {
      if (!isMove) sent.delete(id);
      forgetPlaces(id);
    },
    /** Whether this content was sent for the node. */
    has: (id: NodeId, hash: ContentHash | null): boolean => hash !== null && sent.get(id)?.has(hash) === true,
    /** Whether the node was to be there. */
    isPlace: (id: NodeId, parent: NodeId | null, name: Name): boolean =>
      places.get(id)?.some((place) => place.parent === parent && place.name === name) === true,
    /** The node for which this content, or a folder, was sent there. */
    sentTo(parent: NodeId, nameKey: NameKey, hash: ContentHash | null): NodeId | undefined {
      const there = [...(sentThere.get(slotOf(parent, nameKey)) ?? [])];
      return there.findLast((id) => sent.get(id)?.has(hash) === true);
    },
    /** A write was not answered: whether it was done, the changes will tell. */
    fails: (): void => void failed++,
    /** Before the changes are read. @returns what to call when they have been */
    reads(): () => void {
      const until = failed;
      return () => {
        seen = until;
      };
    },
    /** Where both sides have come to rest nothing is open any more; but what they are at the remote has to be known for that. */
    forget(isDone: (id: NodeId) => boolean): void {
      if (seen < failed) return;
      for (const id of sent.keys()) if (isDone(id)) sent.delete(id);
      for (const id of places.keys()) if (isDone(id)) forgetPlaces(id);
      for (const id of deletions) if (isDone(id)) deletions.delete(id);
    },
  };
}

export type Unanswered = ReturnType<typeof createUnanswered>;
