import type { Store } from "../ports/store.ts";

/** What was read from a store: calls, and the nodes that they gave. */
export interface Reads {
  calls: number;
  nodes: number;
}

/** The same store, with each read of a tree counted. */
export function countingStore(store: Store): { readonly store: Store; readonly reads: Reads } {
  const reads: Reads = { calls: 0, nodes: 0 };
  const one = <N>(node: N | undefined): N | undefined => {
    reads.calls++;
    if (node !== undefined) reads.nodes++;
    return node;
  };
  const all = <N>(nodes: readonly N[]): readonly N[] => {
    reads.calls++;
    reads.nodes += nodes.length;
    return nodes;
  };
  const { local, remote, synced } = store;
  return {
    reads,
    store: {
      changed: store.changed,
      newId: () => store.newId(),
      reidentify: (tree, from, to) => store.reidentify(tree, from, to),
      transaction: (body) => store.transaction(body),
      readMeta: (key) => store.readMeta(key),
      writeMeta: (key, value) => store.writeMeta(key, value),
      close: () => store.close(),
      local: {
        get: (id) => one(local.get(id)),
        children: (id) => all(local.children(id)),
        childrenByKey: (parent, key) => all(local.childrenByKey(parent, key)),
        byIdentity: (identity) => all(local.byIdentity(identity)),
        put: (node) => local.put(node),
        remove: (id) => local.remove(id),
        countFiles: () => local.countFiles(),
      },
      remote: {
        get: (id) => one(remote.get(id)),
        children: (id) => all(remote.children(id)),
        childrenByKey: (parent, key) => all(remote.childrenByKey(parent, key)),
        byRemoteId: (id) => one(remote.byRemoteId(id)),
        byHash: (hash, most) => all(remote.byHash(hash, most)),
        put: (node) => remote.put(node),
        remove: (id) => remote.remove(id),
        countFiles: () => remote.countFiles(),
      },
      synced: {
        get: (id) => one(synced.get(id)),
        children: (id) => all(synced.children(id)),
        childrenByKey: (parent, key) => all(synced.childrenByKey(parent, key)),
        byIdentity: (identity) => all(synced.byIdentity(identity)),
        byRemoteId: (id) => one(synced.byRemoteId(id)),
        put: (node) => synced.put(node),
        remove: (id) => synced.remove(id),
        countFiles: () => synced.countFiles(),
      },
    },
  };
}
