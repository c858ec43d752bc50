import { type EventData, type EventName, events } from "@twinfold/api";

type Listener = (name: EventName, data: unknown) => void;

/** Tells each user's open pages what has just changed. */
export function createLiveEvents() {
  const listeners = new Map<string, Set<Listener>>();
  return {
    tell<Name extends EventName>(userId: string, name: Name, data: EventData<Name>): void {
      const parsed = events[name].parse(data);
      for (const listener of listeners.get(userId) ?? []) listener(name, parsed);
    },
    listen(userId: string, listener: Listener): () => void {
      let mine = listeners.get(userId);
      if (mine === undefined) {
        mine = new Set();
        listeners.set(userId, mine);
      }
      mine.add(listener);
      return () => {
        mine.delete(listener);
      };
    },
  };
}

export type LiveEvents = ReturnType<typeof createLiveEvents>;
