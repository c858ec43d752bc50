import type { RemoteNames } from "../ports/remote.ts";
import { haveOneName, type Merged } from "./merge.ts";
import { isTransient } from "./names.ts";

/** Whether both sides have it in one folder by one name, and no name that stands for a moment only. */
export function haveOnePlace({ local, remote, synced }: Merged, names: RemoteNames): boolean {
  if (local === undefined || remote === undefined || isTransient(local.name)) return false;
  return local.parent === remote.parent && haveOneName(names, local, remote, synced);
}

/** Whether what both sides agree on is not what the synced tree has. */
export function isNews({ local, remote, synced, contentOf }: Merged): boolean {
  if (local === undefined || remote === undefined) return false;
  if (synced === undefined) return contentOf === "same";
  return (
    synced.parent !== local.parent ||
    synced.name !== local.name ||
    synced.remoteName !== remote.name ||
    synced.identity !== local.identity ||
    synced.remoteId !== remote.remoteId ||
    (contentOf === "same" && synced.hash !== remote.hash)
  );
}

/** Whether there is nothing to do about it, nor to write down: its three sides are alike, or none is left. */
export function isSettled(node: Merged, names: RemoteNames): boolean {
  const { local, remote, synced } = node;
  if (local === undefined && remote === undefined && synced === undefined) return true;
  if (local === undefined || remote === undefined || synced === undefined) return false;
  return node.fate === "live" && haveOnePlace(node, names) && local.hash === remote.hash && !isNews(node);
}
