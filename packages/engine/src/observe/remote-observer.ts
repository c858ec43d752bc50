import type { ChangePage, RemoteEntry, RemoteNames } from "../ports/remote.ts";
import { nodeAt, type RemoteNode, type Store } from "../ports/store.ts";
import {
  baseName,
  type ContentHash,
  type NameKey,
  type NodeId,
  parentPath,
  type RelativePath,
  type RemoteId,
  ROOT,
} from "../ports/values.ts";
import type { Rewritten } from "./rewritten.ts";
import type { Unconfirmed } from "./unconfirmed.ts";

/** A parent that a page spoke of before the folder's own entry came. */
const PLACEHOLDER = "placeholder:";

/** What was sent, and no answer has come. */
export interface Sent {
  /** The node for which this content, or a folder (null), was sent to that place. */
  to(parent: NodeId, key: NameKey, hash: ContentHash | null): NodeId | undefined;
  /** It is there. */
  arrived(id: NodeId): void;
}

/** The id by which the remote knows the node; null while its own entry was not seen. */
export function knownId(node: RemoteNode): RemoteId | null {
  return isPlaceholder(node) ? null : node.remoteId;
}

function isPlaceholder(node: RemoteNode): boolean {
  return node.remoteId.startsWith(PLACEHOLDER);
}

/** The remote node that an entry describes, at a given place. */
export function remoteNode(entry: RemoteEntry, id: NodeId, parent: NodeId, names: RemoteNames): RemoteNode {
  const name = baseName(entry.path);
  const place = { id, parent, name, key: names.key(name), remoteId: entry.id };
  if (entry.kind === "folder") {
    return { ...place, kind: "folder", rev: null, hash: null, size: 0, mtime: 0, downloadable: true };
  }
  const { rev, hash, size, mtime, downloadable } = entry;
  return { ...place, kind: "file", rev, hash, size, mtime, downloadable };
}

/**
 * Applies pages of changes to the remote tree, path by path in the order given, as the documentation of `list_folder`
 * says: a file replaces what was there with all below; a folder keeps what is below; a deletion takes all below along.
 * Ids say that what came to a path is what was at another; what was below a folder follows it, but see `Unconfirmed`.
 */
export function createRemoteObserver(
  store: Store,
  names: RemoteNames,
  {
    unconfirmed,
    rewritten,
    sent,
  }: { readonly unconfirmed: Unconfirmed; readonly rewritten: Rewritten; readonly sent: Sent },
) {
  const { remote, synced } = store;
  /** What went while it is in doubt what was written: of a move, that may be told first. */
  const goneInDoubt = new Map<RemoteId, RemoteNode>();

  function folderAt(path: RelativePath, seen: Set<NodeId> | null): NodeId {
    if (path === "") return ROOT;
    const node = nodeAt(remote, ROOT, path, names.key);
    if (node?.kind === "folder") {
      seen?.add(node.id);
      return node.id;
    }
    // A file where a folder must be: the folder's entry replaces it.
    if (node !== undefined) remove(node);
    const parent = folderAt(parentPath(path), seen);
    const id = store.newId();
    const remoteId = `${PLACEHOLDER}${id}` as RemoteId;
    remote.put(remoteNode({ kind: "folder", path, id: remoteId }, id, parent, names));
    seen?.add(id);
    return id;
  }

  /** @returns the node that the entry is about; `target`: which to take for it where none is known by its id. */
  function put(entry: RemoteEntry, seen: Set<NodeId> | null, target?: NodeId): NodeId {
    const parent = folderAt(parentPath(entry.path), seen);
    const key = names.key(baseName(entry.path));
    const moved = remote.byRemoteId(entry.id);
    if (moved !== undefined && moved.kind !== entry.kind) remove(moved);
    let as = target;
    const written = as === undefined ? undefined : remote.get(as);
    if (written !== undefined && written.remoteId !== entry.id && !isPlaceholder(written)) {
      // Another has come to where the written node was: that one is gone with all that it held, unless it had moved away.
      if (written.parent === parent && written.key === key) remove(written);
      else as = undefined;
    }
    const occupant = remote.childrenByKey(parent, key)[0];
    const { id, isSent } = identify(entry, { parent, key }, moved, occupant, as);
    const node = remoteNode(entry, id, parent, names);
    if (moved?.kind === "folder" && moved.id === id && (moved.parent !== parent || moved.key !== key))
      unconfirmed.folderMoves(id);
    if (occupant !== undefined && occupant.id !== id) makeRoom(occupant, node);
    else if (!sameNode(remote.get(id), node)) remote.put(node);
    if (isSent) sent.arrived(id);
    seen?.add(id);
    return id;
  }

  /** Which node an entry is about. */
  function identify(
    entry: RemoteEntry,
    { parent, key }: Pick<RemoteNode, "key"> & { readonly parent: NodeId },
    moved: RemoteNode | undefined,
    occupant: RemoteNode | undefined,
    as: NodeId | undefined,
  ): { readonly id: NodeId; readonly isSent?: boolean } {
    if (moved?.kind === entry.kind) return { id: moved.id };
    if (as !== undefined) return { id: as };
    const before = synced.byRemoteId(entry.id);
    if (before !== undefined && before.kind === entry.kind && remote.get(before.id) === undefined)
      return { id: before.id };
    // Ours, though nobody has said that it arrived: wherever it is on disk by now.
    const ours = sent.to(parent, key, entry.kind === "file" ? entry.hash : null);
    if (ours !== undefined && remote.get(ours) === undefined) return { id: ours, isSent: true };
    return { id: occupant?.kind === "folder" && entry.kind === "folder" ? occupant.id : store.newId() };
  }

  /** Something else has the name now. */
  function makeRoom(occupant: RemoteNode, successor: RemoteNode): void {
    const aside = `\0${occupant.id}` as RemoteNode["name"];
    remote.put({ ...occupant, name: aside, key: names.key(aside) });
    // Placed before the other is removed: it may have lain in it.
    remote.put(successor);
    if (successor.kind === "folder") {
      for (const child of remote.children(occupant.id)) {
        // What the successor brought along is its own; the occupant's namesake is told of where it went, if anywhere.
        if (remote.childrenByKey(successor.id, child.key).length > 0) remote.remove(child.id);
        else remote.put({ ...child, parent: successor.id });
      }
      if (!isPlaceholder(occupant)) unconfirmed.folderReplaced(successor.id);
    }
    remove(occupant);
  }

  function remove(node: RemoteNode): void {
    if (rewritten.isInDoubt()) for (const one of filesWithin(node)) goneInDoubt.set(one.remoteId, one);
    remote.remove(node.id);
  }

  function* filesWithin(node: RemoteNode): Generator<RemoteNode> {
    if (node.kind === "file") yield node;
    else for (const child of remote.children(node.id)) yield* filesWithin(child);
  }

  function seeAll(path: RelativePath, seen: Set<NodeId>): void {
    const node = path === "" ? ROOT : nodeAt(remote, ROOT, path, names.key)?.id;
    if (node === undefined) return;
    for (let up = remote.get(node)?.parent ?? null; up !== null; up = remote.get(up)?.parent ?? null) seen.add(up);
    const see = (id: NodeId) => {
      seen.add(id);
      for (const child of remote.children(id)) see(child.id);
    };
    see(node);
  }

  return {
    /**
     * What the answer to a write shows: this is there now. `as`: the node that was written.
     * @returns the node that the tree has for it now, which is another where the entry was known already.
     */
    written: (entry: RemoteEntry, as: NodeId): NodeId => put(entry, null, as),
    /** Applies one page; what it puts is noted in `seen`, and what is known where it could not be read. */
    apply(page: ChangePage, seen: Set<NodeId> | null): void {
      if (seen !== null) for (const path of page.leftOut ?? []) seeAll(path, seen);
      if (!rewritten.isInDoubt()) goneInDoubt.clear();
      for (const change of page.changes) {
        // The session's own folder: it is the root, whatever is said of it.
        if (change.path === "") continue;
        if (change.kind === "deleted") {
          const node = nodeAt(remote, ROOT, change.path, names.key);
          if (node !== undefined) remove(node);
        } else {
          const before = rewritten.isInDoubt()
            ? (remote.byRemoteId(change.id) ?? goneInDoubt.get(change.id))
            : undefined;
          const id = put(change, seen);
          // What moves with its folder may get another rev too.
          if (before !== undefined && isRewritten(before, remote.get(id)) && !unconfirmed.isOpen(id))
            rewritten.note("remote", id);
          unconfirmed.tell(id);
        }
      }
    },
    /** After a listing from scratch: what was not in it is not there. */
    removeUnseen(seen: ReadonlySet<NodeId>): void {
      const visit = (id: NodeId) => {
        for (const child of remote.children(id)) {
          if (!seen.has(child.id)) remote.remove(child.id);
          else if (child.kind === "folder") visit(child.id);
        }
      };
      visit(ROOT);
    },
  };
}

/** Whether a file was written: a move gives it another rev too, but leaves it as old as it was. */
function isRewritten(before: RemoteNode, after: RemoteNode | undefined): boolean {
  if (after === undefined || before.rev === after.rev) return false;
  return (before.parent === after.parent && before.key === after.key) || before.mtime !== after.mtime;
}

function sameNode(a: RemoteNode | undefined, b: RemoteNode): boolean {
  return (
    a !== undefined &&
    a.parent === b.parent &&
    a.name === b.name &&
    a.remoteId === b.remoteId &&
    a.rev === b.rev &&
    a.hash === b.hash &&
    a.downloadable === b.downloadable
  );
}
