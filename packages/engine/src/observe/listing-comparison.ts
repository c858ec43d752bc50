import { isTransient, userPath } from "../plan/names.ts";
import type { FolderListing, LocalEntry } from "../ports/file-system.ts";
import type { IgnoreRules } from "../ports/ignore.ts";
import type { RemoteNames } from "../ports/remote.ts";
import { type LocalNode, pathOf, type Store } from "../ports/store.ts";
import {
  isWithin,
  joinPath,
  type Name,
  type NodeId,
  parentPath,
  type RelativePath,
  ROOT_PATH,
} from "../ports/values.ts";
import type { Absences } from "./absences.ts";
import type { Hashing } from "./hashing.ts";
import type { IgnoredFolders } from "./ignored-folders.ts";
import { inLimbo, sendToLimbo } from "./limbo.ts";
import type { LocalPlaces } from "./local-places.ts";
import type { Mounts } from "./mounts.ts";
import type { Rewritten } from "./rewritten.ts";

interface ListingComparisonParts {
  readonly store: Store;
  readonly names: RemoteNames;
  readonly hashing: Hashing;
  readonly rules: () => IgnoreRules;
  readonly mounts: Mounts;
  readonly rewritten: Rewritten;
  readonly places: LocalPlaces;
  readonly absences: Absences;
  readonly ignoredFolders: IgnoredFolders;
  /** Files whose writers have just closed them. */
  readonly closedNames: Set<RelativePath>;
  /** A folder is to be listed; with all below. */
  readonly lookIn: (path: RelativePath) => void;
  readonly lookBelow: (path: RelativePath) => void;
}

/** Makes the local tree equal to what a folder's listing shows: what is new, moved, changed, and missing in it. */
export function createListingComparison(parts: ListingComparisonParts) {
  const { store, names, hashing, mounts, places, absences, ignoredFolders, closedNames, lookBelow } = parts;
  const { local, synced } = store;
  /** Folders that were another when they were listed last. */
  const replaced = new Set<RelativePath>();

  function compare(listing: FolderListing, moves: ReadonlyMap<Name, LocalNode>, deep: boolean): void {
    const folder = places.nodeAt(listing.path);
    if (folder === undefined || folder.kind !== "folder") return;
    if (isToBeLookedForFirst(folder, listing, deep)) return;
    if (folder.identity !== listing.self.identity && mounts.isKnown(listing.path)) beginAnew(folder);
    if (folder.fingerprint !== listing.self.fingerprint || folder.identity !== listing.self.identity) {
      local.put({ ...folder, fingerprint: listing.self.fingerprint, identity: listing.self.identity });
    }
    ignoredFolders.forgetIn(listing.path);
    const children = new Map<Name, LocalNode>();
    for (const child of local.children(folder.id)) children.set(child.name, child);

    const present = new Set<Name>(listing.unknown.map((one) => one.name));
    for (const { name, why } of listing.unknown) {
      if (children.has(name)) continue;
      putSpecial(folder.id, name, `can't be read (${why})`);
    }
    // Whoever moved in comes first: it may free the place of another that is in this folder too.
    for (const entry of listing.entries) {
      const mover = moves.get(entry.name);
      if (mover === undefined) continue;
      const path = joinPath(listing.path, entry.name);
      if (isWithin(listing.path, pathOf(local, mover.id))) continue;
      displace(children.get(entry.name), mover.id);
      if (mover.parent === folder.id) children.delete(mover.name);
      const moved: LocalNode = {
        ...mover,
        ...measured(entry),
        parent: folder.id,
        name: entry.name,
        key: names.key(entry.name),
      };
      local.put(moved);
      // A move alone leaves both as they were.
      if (moved.mtime !== mover.mtime || moved.size !== mover.size) parts.rewritten.note("local", moved.id);
      children.set(entry.name, moved);
      absences.found(mover.id);
      if (moved.kind === "folder") lookBelow(path);
      else wantHash(moved, path);
    }
    for (const entry of listing.entries) {
      present.add(entry.name);
      if (!moves.has(entry.name)) put(folder.id, listing.path, entry, children.get(entry.name), deep);
    }
    for (const child of children.values()) {
      if (present.has(child.name) || local.get(child.id)?.parent !== folder.id) continue;
      absences.note(child.id);
    }
  }

  /**
   * Another disk is mounted there, or none could tell that it is the same: what is known of the former says nothing of it. Both
   * sides are united; of what it lacks nothing is deleted in Dropbox.
   */
  function beginAnew(mounted: LocalNode): void {
    for (const child of local.children(mounted.id)) local.remove(child.id);
    for (const child of synced.children(mounted.id)) synced.remove(child.id);
  }

  /** Another folder has the name by now: what became of the one that was known is looked for, once, before it is believed. */
  function isToBeLookedForFirst(known: LocalNode, { path, self }: FolderListing, deep: boolean): boolean {
    if (known.identity === self.identity) {
      replaced.delete(path);
      return false;
    }
    if (mounts.isKnown(path)) {
      // Unmounted since it was looked which are there, or mounted anew.
      if (!deep) lookBelow(path);
      return !deep;
    }
    if (path === ROOT_PATH || replaced.delete(path)) return false;
    // Where it is now, the folder that it lay in may tell.
    replaced.add(path);
    parts.lookIn(parentPath(path));
    return true;
  }

  function put(
    parent: NodeId,
    folder: RelativePath,
    entry: LocalEntry,
    known: LocalNode | undefined,
    deep: boolean,
  ): void {
    const path = joinPath(folder, entry.name);
    if (known !== undefined) absences.found(known.id);
    const hidesKnown = known?.kind === "folder" && mounts.isKnown(path);
    const former = hidesKnown || known?.identity === entry.identity ? null : formerly(entry, known);
    if (known === undefined || known.kind !== entry.kind || former !== null) {
      const isOurs = isTransient(entry.name);
      const rule = entry.kind === "special" || isOurs ? null : parts.rules().match(userPath(path), entry.kind);
      if (rule !== null) {
        // What needs no rule of the user's is no place where users put things.
        if (entry.kind === "folder" && rule.line > 0) ignoredFolders.note(folder, entry.name);
        if (known !== undefined) displace(known, null);
        return;
      }
      if (known !== undefined) displace(known, null);
      if (entry.kind === "special") {
        putSpecial(parent, entry.name, entry.special ?? "special file", entry);
        return;
      }
      const node: LocalNode = {
        ...measured(entry),
        id: former === null ? store.newId() : returning(former),
        parent,
        name: entry.name,
        key: names.key(entry.name),
        kind: entry.kind,
        hash: null,
        special: null,
      };
      local.put(node);
      parts.rewritten.note("local", node.id);
      if (node.kind === "folder") lookBelow(path);
      else wantHash(node, path);
      return;
    }
    if (known.kind === "folder") {
      if (mounts.isAway(path)) return;
      const isAnother = known.identity !== entry.identity;
      if (deep || isAnother) lookBelow(path);
      // Another disk may be mounted there: what that means its own listing tells.
      if (isAnother && mounts.isKnown(path)) return;
      if (isAnother || known.fingerprint !== entry.fingerprint) {
        local.put({ ...known, identity: entry.identity, fingerprint: entry.fingerprint });
        // Something came or went in it: whether that was heard or not.
        parts.lookIn(path);
      }
      return;
    }
    if (known.fingerprint !== entry.fingerprint || known.identity !== entry.identity) {
      const node: LocalNode = { ...known, ...measured(entry), hash: null };
      local.put(node);
      parts.rewritten.note("local", node.id);
      if (node.kind === "file") wantHash(node, path);
      lookAtOtherNames(node);
    } else if (
      known.hash === null &&
      known.kind === "file" &&
      (closedNames.has(path) || hashing.problemOf(known.id) !== undefined)
    ) {
      wantHash(known, path);
    }
  }

  /** What is written through one name of a hard link is in all, and only of that one anything is heard. */
  function lookAtOtherNames({ id, identity, fingerprint }: LocalNode): void {
    for (const other of local.byIdentity(identity)) {
      if (other.id === id || other.fingerprint === fingerprint || inLimbo(local, other)) continue;
      parts.lookIn(parentPath(pathOf(local, other.id)));
    }
  }

  /**
   * A node that the synced tree still knows: it was given up and is back; or it went to this name, and what has its own by
   * now was seen first, and taken for a new version of it.
   */
  function formerly(entry: LocalEntry, known: LocalNode | undefined): NodeId | null {
    for (const before of synced.byIdentity(entry.identity)) {
      if (before.kind !== entry.kind || before.id === known?.id) continue;
      const now = local.get(before.id);
      if (now === undefined) return before.id;
      // With its hash it is planned for already, and the version stands.
      if (now.kind === "file" && now.identity !== entry.identity && now.hash === null) return before.id;
    }
    return null;
  }

  /** What was taken for a new version of the node is another. */
  function returning(id: NodeId): NodeId {
    const now = local.get(id);
    if (now !== undefined) {
      const other = store.newId();
      store.reidentify("local", id, other);
      hashing.want(other, now.mtime, false);
    }
    return id;
  }

  function measured(entry: LocalEntry) {
    const { identity, fingerprint, size, mtime } = entry;
    return { identity, fingerprint, size, mtime, hash: null };
  }

  function putSpecial(parent: NodeId, name: Name, special: string, entry?: LocalEntry): void {
    const before = places.childByName(parent, name);
    local.put({
      id: before?.id ?? store.newId(),
      parent,
      name,
      key: names.key(name),
      kind: "special",
      identity: entry?.identity ?? ("" as LocalNode["identity"]),
      fingerprint: entry?.fingerprint ?? ("" as LocalNode["fingerprint"]),
      size: 0,
      mtime: entry?.mtime ?? 0,
      hash: null,
      special,
    });
  }

  /** Another has this node's name now; where it went is not known yet. */
  function displace(node: LocalNode | undefined, by: NodeId | null): void {
    if (node === undefined || node.id === by) return;
    if (node.kind === "special") {
      local.remove(node.id);
      return;
    }
    sendToLimbo(store, names, node);
    absences.note(node.id);
  }

  function wantHash(node: LocalNode, path: RelativePath): void {
    hashing.want(node.id, node.mtime, closedNames.delete(path));
  }

  return { compare };
}
