import type { Store } from "@twinfold/engine";

/** The same store; while it is told to remember, what was read once is not asked for again. Not to be written to meanwhile. */
export function rememberingStore(store: Store): { readonly store: Store; remember(on: boolean): void } {
  let on = false;
  const memories: Map<unknown, unknown>[] = [];
  const remembered = <K, R>(read: (key: K) => R): ((key: K) => R) => {
    const known = new Map<unknown, unknown>();
    memories.push(known);
    return (key) => {
      if (!on) return read(key);
      let result = known.get(key);
      if (result === undefined && !known.has(key)) {
        result = read(key);
        known.set(key, result);
      }
      return result as R;
    };
  };
  const bySlot = <P, K, R>(read: (parent: P, key: K) => R): ((parent: P, key: K) => R) => {
    const ofParent = remembered((parent: P) => {
      const known = new Map<K, R>();
      return (key: K): R => {
        let result = known.get(key);
        if (result === undefined) {
          result = read(parent, key);
          known.set(key, result);
        }
        return result;
      };
    });
    return (parent, key) => (on ? ofParent(parent)(key) : read(parent, key));
  };
  const { local, remote, synced } = store;
  return {
    store: {
      ...store,
      local: {
        ...local,
        get: remembered(local.get),
        children: remembered(local.children),
        childrenByKey: bySlot(local.childrenByKey),
      },
      remote: {
        ...remote,
        get: remembered(remote.get),
        children: remembered(remote.children),
        childrenByKey: bySlot(remote.childrenByKey),
      },
      synced: {
        ...synced,
        get: remembered(synced.get),
        children: remembered(synced.children),
        childrenByKey: bySlot(synced.childrenByKey),
      },
    },
    remember(next) {
      on = next;
      for (const known of memories) known.clear();
    },
  };
}
