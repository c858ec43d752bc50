import type { RemoteNames } from "../ports/remote.ts";
import type { NodeId } from "../ports/values.ts";
import { isUnread, type Merged } from "./merge.ts";
import { isTransient } from "./names.ts";
import type { Adjustment } from "./operation.ts";
import type { Slots } from "./slots.ts";

/** Which edits are their successors', and what must wait until that is known. */
export interface Successors {
  readonly adjustments: Adjustment[];
  readonly waiting: NodeId[];
}

/**
 * A file was moved on one side, a new one has its old name there, and the other side has, at the old place, what that one
 * holds: that is no edit of the file that moved. As a rule the engine itself has brought it over, before the machine lost
 * its power and the state what was written to it last. So it is the new file's, and what was moved is new where it went.
 */
export function findSuccessors(
  nodes: readonly Merged[],
  merge: (id: NodeId) => Merged,
  slots: Slots,
  names: RemoteNames,
): Successors {
  const found: Successors = { adjustments: [], waiting: [] };
  for (const node of nodes) {
    if (node.fate !== "live" || node.synced === undefined) continue;
    if (node.placeOf === "local" && node.contentOf === "remote") afterMoveOnDisk(node);
    else if (node.placeOf === "remote" && node.contentOf === "local") afterMoveInDropbox(node);
  }
  return found;

  function afterMoveOnDisk({ id, remote }: Merged): void {
    if (remote === undefined || remote.parent === null || isTransient(remote.name)) return;
    for (const other of slots(remote.parent, remote.key).local) {
      const successor = merge(other.id);
      if (other.id === id || other.kind !== "file" || successor.remote !== undefined || successor.synced !== undefined)
        continue;
      const isRead = !isUnread(names, other);
      if (isRead ? other.hash !== remote.hash : other.size !== remote.size) continue;
      if (isRead && successor.fate === "live")
        found.adjustments.push({ kind: "link", tree: "remote", from: id, to: other.id });
      else found.waiting.push(id);
      return;
    }
  }

  function afterMoveInDropbox({ id, local }: Merged): void {
    if (local === undefined || local.parent === null || isTransient(local.name)) return;
    for (const other of slots(local.parent, local.key).remote) {
      const successor = merge(other.id);
      if (other.id === id || successor.local !== undefined || successor.synced !== undefined) continue;
      if (other.kind !== "file" || other.hash !== local.hash) continue;
      if (successor.fate === "live") found.adjustments.push({ kind: "link", tree: "local", from: id, to: other.id });
      else found.waiting.push(id);
      return;
    }
  }
}
