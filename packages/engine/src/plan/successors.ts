import type { RemoteNames } from "../ports/remote.ts";
import type { NodeId } from "../ports/values.ts";
import { isUnread, type Merged } from "./merge.ts";
import { isTransient } from "./names.ts";
import type { Adjustment } from "./operation.ts";
import type { Slots } from "./slots.ts";

/** Which edits in Dropbox are their successors', and what must wait until that is known. */
export interface Successors {
  readonly adjustments: Adjustment[];
  readonly waiting: NodeId[];
}

/**
 * A file was moved on disk, a new one has its old name there, and Dropbox has at that name what the new one holds: that is
 * no edit of the file that moved. As a rule the engine itself has sent it, before the machine lost its power, and the state
 * what was written to it last. So it is the new file's, and what was moved is new where it went. (The other way round it is
 * otherwise: what is at the old place in Dropbox may be an edit that we sent there just as the file was moved.)
 */
export function findSuccessors(
  nodes: readonly Merged[],
  merge: (id: NodeId) => Merged,
  slots: Slots,
  names: RemoteNames,
): Successors {
  const found: Successors = { adjustments: [], waiting: [] };
  for (const { id, fate, synced, remote, placeOf, contentOf } of nodes) {
    if (fate !== "live" || synced === undefined || placeOf !== "local" || contentOf !== "remote") continue;
    if (remote === undefined || remote.parent === null || isTransient(remote.name)) continue;
    for (const other of slots(remote.parent, remote.key).local) {
      const successor = merge(other.id);
      if (other.id === id || other.kind !== "file" || successor.remote !== undefined || successor.synced !== undefined)
        continue;
      const isRead = !isUnread(names, other);
      if (isRead ? other.hash !== remote.hash : other.size !== remote.size) continue;
      if (isRead && successor.fate === "live")
        found.adjustments.push({ kind: "link", tree: "remote", from: id, to: other.id });
      else found.waiting.push(id);
      break;
    }
  }
  return found;
}
