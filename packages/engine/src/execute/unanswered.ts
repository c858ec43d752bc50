import type { ContentHash, NodeId } from "../ports/values.ts";

/**
 * Contents that were sent, and of which no answer said that they arrived: the remote may have them all the same. Found
 * there, they are no one else's edit. Never stored: after a start they are taken for what they look like.
 */
export function createUnanswered() {
  const sent = new Map<NodeId, Set<ContentHash>>();
  return {
    send(id: NodeId, hash: ContentHash): void {
      const contents = sent.get(id) ?? new Set();
      sent.set(id, contents.add(hash));
    },
    answered(id: NodeId): void {
      sent.delete(id);
    },
    /** Whether this content was sent for the node. */
    has: (id: NodeId, hash: ContentHash | null): boolean => hash !== null && sent.get(id)?.has(hash) === true,
    /** Where both sides have come to rest nothing is open any more. */
    forget(isDone: (id: NodeId) => boolean): void {
      for (const id of sent.keys()) if (isDone(id)) sent.delete(id);
    },
  };
}

export type Unanswered = ReturnType<typeof createUnanswered>;
