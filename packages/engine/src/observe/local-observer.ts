import type { Lock } from "../gate.ts";
import { isTransient, userPath } from "../plan/names.ts";
import type { Clock } from "../ports/clock.ts";
import {
  type FileSystem,
  FileSystemError,
  type FolderListing,
  type LocalEntry,
  type Watcher,
  type WatchHint,
} from "../ports/file-system.ts";
import type { IgnoreRules } from "../ports/ignore.ts";
import type { RemoteNames } from "../ports/remote.ts";
import { type LocalNode, pathOf, type Store } from "../ports/store.ts";
import { isWithin, joinPath, type Name, type NodeId, parentPath, type RelativePath, ROOT } from "../ports/values.ts";
import { createAbsences } from "./absences.ts";
import type { Hashing } from "./hashing.ts";
import { createIgnoredFolders } from "./ignored-folders.ts";
import type { LeftItems } from "./left-items.ts";
import { inLimbo, sendToLimbo } from "./limbo.ts";
import type { Mounts } from "./mounts.ts";
import type { Rewritten } from "./rewritten.ts";
import { createUnwatched } from "./unwatched.ts";

/** Folders listed before the trees are looked at by others. */
const BATCH = 256;

export interface LocalObserverParts {
  readonly fileSystem: FileSystem;
  readonly store: Store;
  readonly names: RemoteNames;
  readonly clock: Clock;
  readonly lock: Lock;
  readonly hashing: Hashing;
  readonly rules: () => IgnoreRules;
  readonly left: LeftItems;
  readonly mounts: Mounts;
  readonly rewritten: Rewritten;
  readonly watcher: () => Watcher | null;
}

/**
 * Keeps the local tree equal to the disk. Hints only say where to look; what is believed is what a folder's listing
 * shows, and an absence only after a second look.
 */
export function createLocalObserver(parts: LocalObserverParts) {
  const { fileSystem, store, names, clock, lock, hashing } = parts;
  const { local, synced } = store;
  const { mounts } = parts;
  const folders = new Set<RelativePath>();
  const subtrees = new Set<RelativePath>();
  const closedNames = new Set<RelativePath>();
  const unwatched = createUnwatched(clock);
  const ignoredFolders = createIgnoredFolders(fileSystem, clock);
  const absences = createAbsences({ ...parts, ignoredFolders, lookAgain: (folder) => folders.add(folder) });

  function hint(hints: readonly WatchHint[]): void {
    for (const one of hints) {
      if (one.kind === "subtree") subtrees.add(one.path);
      else {
        folders.add(one.path);
        for (const name of one.closed ?? []) {
          closedNames.add(joinPath(one.path, name));
        }
      }
    }
  }

  function folderNode(path: RelativePath): LocalNode | undefined {
    let node = local.get(ROOT);
    if (path === "") return node;
    for (const name of path.split("/")) {
      if (node === undefined) return undefined;
      node = childByName(node.id, name);
    }
    return node;
  }

  function childByName(parent: NodeId, name: string): LocalNode | undefined {
    return local.childrenByKey(parent, names.key(name)).find((child) => child.name === name);
  }

  /** Looks at everything that was hinted at, and at what that leads to, at each folder once. @returns whether there was anything. */
  async function observe(signal: AbortSignal): Promise<boolean> {
    let looked = false;
    const listed = new Set<RelativePath>();
    const began = clock.monotonic();
    const looksAtUnwatched = unwatched.isDue();
    if (looksAtUnwatched) for (const path of unwatched.folders) folders.add(path);
    // Each time, hinted at or not: what comes from Dropbox is not to be put where a disk has just gone.
    await lookAtMounts();
    while ((folders.size > 0 || subtrees.size > 0) && !signal.aborted) {
      looked = true;
      const batch: { path: RelativePath; deep: boolean }[] = [];
      for (const path of subtrees) {
        if (batch.length >= BATCH) break;
        subtrees.delete(path);
        folders.delete(path);
        batch.push({ path, deep: true });
      }
      for (const path of folders) {
        if (batch.length >= BATCH) break;
        if (listed.has(path)) continue;
        folders.delete(path);
        batch.push({ path, deep: false });
      }
      // Hinted at again since they were listed: that is for the next look, so that a busy writer does not hold up all else.
      if (batch.length === 0) break;
      await lock.run(() => lookAt(batch, signal));
      for (const { path } of batch) listed.add(path);
    }
    if (looksAtUnwatched) unwatched.looked(clock.monotonic() - began);
    if (absences.missing.size > 0) await lock.run(absences.settle);
    return looked;
  }

  async function lookAtMounts(): Promise<void> {
    for (const path of await mounts.look()) {
      folders.add(parentPath(path));
      subtrees.add(path);
    }
  }

  async function lookAt(batch: readonly { path: RelativePath; deep: boolean }[], signal: AbortSignal): Promise<void> {
    const deep = new Set(batch.filter((one) => one.deep).map((one) => one.path));
    const paths = batch.map((one) => one.path).filter((path) => !mounts.isAway(path) && leadsToFolder(path));
    const watcher = parts.watcher();
    if (watcher !== null) {
      const toWatch = paths.filter((path) => deep.has(path) || path === "" || unwatched.folders.has(path));
      unwatched.note(toWatch, await watcher.add(toWatch));
    }
    for await (const result of fileSystem.list(paths)) {
      if (signal.aborted) return;
      if ("error" in result) {
        if (result.error.code === "root") throw result.error;
        // Gone, or not to be looked into: its own folder tells which. Nothing below it is believed to be gone.
        if (result.path !== "" && result.error.code === "not-found") folders.add(parentPath(result.path));
        continue;
      }
      const moves = await findMoves(result);
      store.transaction(() => compare(result, moves, deep.has(result.path)));
    }
  }

  /** Whether the local tree has a folder there, and a place for it; if not, the nearest such folder above is looked at instead. */
  function leadsToFolder(path: RelativePath): boolean {
    const node = folderNode(path);
    if (node?.kind === "folder" && !inLimbo(local, node)) return true;
    if (path !== "") folders.add(parentPath(path));
    unwatched.forget(path);
    return false;
  }

  /** Entries that are known from another place: moved here, unless that place still has them (a hard link). */
  async function findMoves(listing: FolderListing): Promise<Map<Name, LocalNode>> {
    const moves = new Map<Name, LocalNode>();
    const taken = new Set<NodeId>();
    const folder = folderNode(listing.path);
    if (folder === undefined) return moves;
    for (const entry of listing.entries) {
      const there = childByName(folder.id, entry.name);
      if (there !== undefined && there.identity === entry.identity) continue;
      for (const known of local.byIdentity(entry.identity)) {
        // Two new names of one file: the first is where it went, the other is a hard link.
        if (known.kind !== entry.kind || known.kind === "special" || taken.has(known.id)) continue;
        if (!(await isStillThere(known))) {
          moves.set(entry.name, known);
          taken.add(known.id);
          break;
        }
      }
    }
    return moves;
  }

  /** Whether the disk still has a node where it was. What can't be looked at is taken to be there: nothing is known of it. */
  async function isStillThere(node: LocalNode): Promise<boolean> {
    if (inLimbo(local, node)) return false;
    try {
      const stat = await fileSystem.stat(pathOf(local, node.id));
      return stat !== null && stat.identity === node.identity;
    } catch (error) {
      if (!(error instanceof FileSystemError) || error.code === "root") throw error;
      return true;
    }
  }

  function compare(listing: FolderListing, moves: ReadonlyMap<Name, LocalNode>, deep: boolean): void {
    const folder = folderNode(listing.path);
    if (folder === undefined || folder.kind !== "folder") return;
    if (mounts.isKnown(listing.path) && folder.identity !== listing.self.identity && !deep) {
      // Unmounted since it was looked which are there, or mounted anew: that is looked at first.
      subtrees.add(listing.path);
      return;
    }
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
      children.set(entry.name, moved);
      absences.found(mover.id);
      if (moved.kind === "folder") subtrees.add(path);
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

  function put(
    parent: NodeId,
    folder: RelativePath,
    entry: LocalEntry,
    known: LocalNode | undefined,
    deep: boolean,
  ): void {
    const path = joinPath(folder, entry.name);
    if (known !== undefined) absences.found(known.id);
    if (known === undefined || known.kind !== entry.kind) {
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
        id: returning(entry) ?? store.newId(),
        parent,
        name: entry.name,
        key: names.key(entry.name),
        kind: entry.kind,
        hash: null,
        special: null,
      };
      local.put(node);
      parts.rewritten.note("local", node.id);
      if (node.kind === "folder") subtrees.add(path);
      else wantHash(node, path);
      return;
    }
    if (known.kind === "folder") {
      if (mounts.isAway(path)) return;
      if (deep || known.identity !== entry.identity) subtrees.add(path);
      if (known.identity !== entry.identity || known.fingerprint !== entry.fingerprint) {
        local.put({ ...known, identity: entry.identity, fingerprint: entry.fingerprint });
      }
      return;
    }
    if (known.fingerprint !== entry.fingerprint || known.identity !== entry.identity) {
      const node: LocalNode = { ...known, ...measured(entry), hash: null };
      local.put(node);
      parts.rewritten.note("local", node.id);
      if (node.kind === "file") wantHash(node, path);
    } else if (
      known.hash === null &&
      known.kind === "file" &&
      (closedNames.has(path) || hashing.problemOf(known.id) !== undefined)
    ) {
      wantHash(known, path);
    }
  }

  /**
   * A node that the synced tree still knows: it was given up and is back; or it is half of an exchange of names whose
   * other half was seen first, and was taken for a new version of it.
   */
  function returning(entry: LocalEntry): NodeId | null {
    for (const before of synced.byIdentity(entry.identity)) {
      if (before.kind !== entry.kind) continue;
      const now = local.get(before.id);
      if (now === undefined) return before.id;
      // With its hash it is planned for already, and the version stands.
      if (now.kind !== "file" || now.identity === entry.identity || now.hash !== null) continue;
      const other = store.newId();
      store.reidentify("local", now.id, other);
      hashing.want(other, now.mtime, false);
      return before.id;
    }
    return null;
  }

  function measured(entry: LocalEntry) {
    const { identity, fingerprint, size, mtime } = entry;
    return { identity, fingerprint, size, mtime, hash: null };
  }

  function putSpecial(parent: NodeId, name: Name, special: string, entry?: LocalEntry): void {
    const before = childByName(parent, name);
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

  return {
    hint,
    observe,
    missing: absences.missing,
    /** How many folders are looked at again and again, since they can't be watched. */
    unwatched: () => unwatched.folders.size,
    /** Whether there is something to look at. */
    pending: () => folders.size > 0 || subtrees.size > 0 || unwatched.isDue(),
    /** Milliseconds until something is to be looked at unasked; null when nothing is missing, and all is watched. */
    nextLook(): number | null {
      const due = [unwatched.nextLook(), absences.nextLook()].filter((one) => one !== null);
      return due.length === 0 ? null : Math.min(...due);
    },
  };
}

export type LocalObserver = ReturnType<typeof createLocalObserver>;
