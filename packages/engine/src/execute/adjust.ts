import type { Adjustment } from "../plan/operation.ts";
import type { RemoteNames } from "../ports/remote.ts";
import type { LocalNode, RemoteNode, Store } from "../ports/store.ts";
import { type Name, type NameKey, type NodeId, ROOT, type Seconds } from "../ports/values.ts";

/**
 * Applies corrections to the trees, folders before what is in them.
 * @param parted what is on disk of a node that is split has another id from now on
 * @returns how many could be applied
 */
export function applyAdjustments(
  store: Store,
  adjustments: readonly Adjustment[],
  now: Seconds,
  parted: (from: NodeId, to: NodeId) => void,
): number {
  let applied = 0;
  store.transaction(() => {
    const agreements: Extract<Adjustment, { kind: "agree" }>[] = [];
    for (const adjustment of adjustments) {
      switch (adjustment.kind) {
        case "link":
          if (store[adjustment.tree].get(adjustment.from) === undefined) break;
          if (store[adjustment.tree].get(adjustment.to) !== undefined) break;
          store.reidentify(adjustment.tree, adjustment.from, adjustment.to);
          applied++;
          break;
        case "split": {
          const to = store.newId();
          store.reidentify("local", adjustment.node, to);
          parted(adjustment.node, to);
          applied++;
          break;
        }
        case "agree":
          agreements.push(adjustment);
          break;
        case "forget":
        case "release":
          break;
        default:
          adjustment satisfies never;
      }
    }
    for (let rest = agreements; rest.length > 0; ) {
      const later = rest.filter((one) => !agree(store, one.node, one.content, now));
      applied += rest.length - later.length;
      if (later.length === rest.length) break;
      rest = later;
    }
    // Last: by now what moved out of them has its new folder.
    for (const adjustment of adjustments) {
      if (adjustment.kind === "forget" || adjustment.kind === "release") {
        if (adjustment.kind === "release") store.local.remove(adjustment.node);
        store.synced.remove(adjustment.node);
        applied++;
      }
    }
  });
  return applied;
}

/** Writes down that both sides agree about a node. @returns false while the folder it lies in is not agreed on. */
function agree(store: Store, id: NodeId, content: boolean, now: Seconds): boolean {
  const local = store.local.get(id);
  const remote = store.remote.get(id);
  if (local === undefined || remote === undefined || remote.parent === null) return true;
  if (store.synced.get(remote.parent) === undefined) return false;
  store.synced.put({
    id,
    parent: remote.parent,
    name: local.name,
    key: local.key,
    kind: remote.kind,
    remoteName: remote.name,
    identity: local.identity,
    remoteId: remote.remoteId,
    hash: content ? remote.hash : (store.synced.get(id)?.hash ?? null),
    since: now,
  });
  return true;
}

/**
 * A move is done: from now on this place is what both sides had last, even if one of them has moved on already. Without
 * it, that side's next move would look like a move on both.
 */
export function advancePlace(
  store: Store,
  id: NodeId,
  parent: NodeId,
  name: Name,
  remoteName: Name,
  key: NameKey,
  now: Seconds,
): void {
  const before = store.synced.get(id);
  if (before === undefined || store.synced.get(parent) === undefined) return;
  store.synced.put({ ...before, parent, name, remoteName, key, since: now });
}

/** A transfer is done, or a folder made: from now on this content is what both sides had last. */
export function advanceContent(
  store: Store,
  names: RemoteNames,
  local: LocalNode,
  remote: RemoteNode,
  now: Seconds,
): void {
  if (remote.parent === null) return;
  const before = store.synced.get(remote.id);
  // Where the place is not agreed on, it stays as it was; the next plan sees to that.
  const placed =
    before !== undefined
      ? { parent: before.parent, name: before.name, key: before.key, remoteName: before.remoteName }
      : { parent: remote.parent, name: local.name, key: names.key(local.name), remoteName: remote.name };
  if (placed.parent !== null && placed.parent !== ROOT && store.synced.get(placed.parent) === undefined) return;
  store.synced.put({
    ...placed,
    id: remote.id,
    kind: remote.kind,
    identity: local.identity,
    remoteId: remote.remoteId,
    hash: remote.hash,
    since: now,
  });
}

/**
 * What was sent is there, though no answer said so: both sides had it there. That outlives this process, so that what was done
 * to it on disk since is done to it at the remote, too.
 */
export function agreeOnArrival(store: Store, names: RemoteNames, id: NodeId, now: Seconds): void {
  const [local, there] = [store.local.get(id), store.remote.get(id)];
  if (local === undefined || there === undefined || store.synced.get(id) !== undefined) return;
  const name = local.key === there.key ? local.name : there.name;
  advanceContent(store, names, { ...local, name }, there, now);
}
