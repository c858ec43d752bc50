import type { ContentHash, Name, NodeId } from "../ports/values.ts";

interface Place {
  readonly parent: NodeId;
  readonly name: Name;
}

/**
 * Contents that were sent and moves that were asked for, of which no answer said that they were done: they may be all the
 * same. Found at the remote, they are no one else's. Never stored: after a start they are taken for what they look like.
 */
export function createUnanswered() {
  const sent = new Map<NodeId, Set<ContentHash>>();
  const places = new Map<NodeId, Place[]>();
  return {
    send(id: NodeId, hash: ContentHash): void {
      const contents = sent.get(id) ?? new Set();
      sent.set(id, contents.add(hash));
    },
    move(id: NodeId, place: Place): void {
      places.set(id, [...(places.get(id) ?? []), place]);
    },
    /** A write was answered. Of what was sent, the answer to a move says nothing. */
    answered(id: NodeId, isMove: boolean): void {
      if (!isMove) sent.delete(id);
      places.delete(id);
    },
    /** Whether this content was sent for the node. */
    has: (id: NodeId, hash: ContentHash | null): boolean => hash !== null && sent.get(id)?.has(hash) === true,
    /** Whether the node was to be moved there. */
    hasMoved: (id: NodeId, parent: NodeId | null, name: Name): boolean =>
      places.get(id)?.some((place) => place.parent === parent && place.name === name) === true,
    /** Where both sides have come to rest nothing is open any more. */
    forget(isDone: (id: NodeId) => boolean): void {
      for (const open of [sent, places]) for (const id of open.keys()) if (isDone(id)) open.delete(id);
    },
  };
}

export type Unanswered = ReturnType<typeof createUnanswered>;
