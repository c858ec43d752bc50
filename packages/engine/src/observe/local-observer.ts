import type { Lock } from "../gate.ts";
import type { Clock } from "../ports/clock.ts";
import type { FileSystem, FolderListing, Watcher, WatchHint } from "../ports/file-system.ts";
import type { IgnoreRules } from "../ports/ignore.ts";
import type { RemoteNames } from "../ports/remote.ts";
import type { LocalNode, Store } from "../ports/store.ts";
import { joinPath, type Name, parentPath, type RelativePath, ROOT_PATH } from "../ports/values.ts";
import { createAbsences } from "./absences.ts";
import type { Hashing } from "./hashing.ts";
import { createIgnoredFolders } from "./ignored-folders.ts";
import type { LeftItems } from "./left-items.ts";
import { inLimbo } from "./limbo.ts";
import { createListingComparison } from "./listing-comparison.ts";
import { createLocalMoves } from "./local-moves.ts";
import { createLocalPlaces } from "./local-places.ts";
import type { Mounts } from "./mounts.ts";
import { createRescans } from "./rescans.ts";
import type { Rewritten } from "./rewritten.ts";
import { createUnlisted } from "./unlisted.ts";
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
  /** How often all is looked at, whoever tells of it; null: where others may write unheard, and as often as can be. */
  readonly rescanEvery: number | null;
}

/**
 * Keeps the local tree equal to the disk. Hints only say where to look; what is believed is what a folder's listing
 * shows, and an absence only after a second look.
 */
export function createLocalObserver(parts: LocalObserverParts) {
  const { fileSystem, store, names, clock, lock, mounts, rescanEvery } = parts;
  const { local } = store;
  const folders = new Set<RelativePath>();
  const subtrees = new Set<RelativePath>();
  const closedNames = new Set<RelativePath>();
  const unwatched = createUnwatched(clock);
  const unlisted = createUnlisted(clock);
  const ignoredFolders = createIgnoredFolders(fileSystem, clock);
  const absences = createAbsences({ ...parts, ignoredFolders, lookAgain: (folder) => folders.add(folder) });
  const places = createLocalPlaces(local, names);
  const rescans = createRescans({ clock, every: rescanEvery, foldersIn });
  const lookIn = (path: RelativePath) => void folders.add(path);
  const localMoves = createLocalMoves({ fileSystem, names, local, rules: parts.rules, mounts, lookIn });
  const comparison = createListingComparison({
    ...parts,
    places,
    absences,
    ignoredFolders,
    closedNames,
    lookIn,
    lookBelow: (path) => subtrees.add(path),
  });

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

  /** Looks at everything that was hinted at, and at what that leads to, at each folder once. @returns whether there was anything. */
  async function observe(signal: AbortSignal): Promise<boolean> {
    let looked = false;
    const listed = new Set<RelativePath>();
    const began = clock.monotonic();
    const looksAtUnwatched = unwatched.isDue();
    if (looksAtUnwatched) for (const path of unwatched.folders) folders.add(path);
    for (const { path, deep } of unlisted.take()) (deep ? subtrees : folders).add(path);
    // Each time, hinted at or not: what comes from Dropbox is not to be put where a disk has just gone.
    await lookAtMounts();
    if (await rescan(signal)) looked = true;
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
    rescans.over(rescanEvery === null ? mounts.shares().map(({ path }) => path) : [ROOT_PATH]);
  }

  /** Where nobody tells of all that is written, the next folders are looked at. @returns whether any were */
  async function rescan(signal: AbortSignal): Promise<boolean> {
    if (!rescans.isDue()) return false;
    for (let path = rescans.next(); path !== null && !signal.aborted; path = rescans.next()) {
      const folder = path;
      await lock.run(async () => {
        const began = clock.monotonic();
        const known = store.changed.size + absences.missing.size;
        await lookAt([{ path: folder, deep: false }], signal);
        if (store.changed.size + absences.missing.size > known) rescans.found(folder);
        rescans.looked(clock.monotonic() - began);
      });
    }
    return true;
  }

  function foldersIn(path: RelativePath): RelativePath[] {
    const folder = places.nodeAt(path);
    if (folder === undefined || inLimbo(local, folder)) return [];
    const inside = local.children(folder.id).filter(({ kind }) => kind === "folder");
    return inside.map(({ name }) => joinPath(path, name));
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
        if (result.path !== "" && result.error.code === "not-found") {
          folders.add(parentPath(result.path));
          unlisted.forget(result.path);
        } else unlisted.failed(result.path, deep.has(result.path));
        continue;
      }
      const folder = places.nodeAt(result.path);
      if (folder === undefined) continue;
      // All at once: to ask for each by its name costs a warm start a quarter of its time.
      const children = new Map(local.children(folder.id).map((child) => [child.name, child]));
      // Something may have been mounted there since it was looked: then what is not in it is not gone.
      if (showsAnotherFolder(result, folder, children)) await lookAtMounts();
      // It has gone meanwhile: what was listed is the folder beneath.
      if (mounts.isAway(result.path)) continue;
      const moves = await localMoves.find(result, folder, children);
      // As with a folder that can't be listed: what contradicts the listing may do so for as long as it can't be looked at.
      if (moves === null) {
        unlisted.failed(result.path, deep.has(result.path));
        continue;
      }
      unlisted.forget(result.path);
      store.transaction(() => comparison.compare(result, moves, deep.has(result.path)));
    }
  }

  /** Whether the local tree has a folder there, and a place for it; if not, the nearest such folder above is looked at instead. */
  function leadsToFolder(path: RelativePath): boolean {
    const node = places.nodeAt(path);
    if (node?.kind === "folder" && !inLimbo(local, node)) return true;
    if (path !== "") folders.add(parentPath(path));
    unwatched.forget(path);
    unlisted.forget(path);
    return false;
  }

  return {
    hint,
    /** Something in it has changed, and nobody has told of it: there may be more to come. */
    foundUnheard(folder: RelativePath): void {
      rescans.found(folder);
      lookIn(folder);
    },
    observe,
    missing: absences.missing,
    /** How many folders are looked at again and again, since they can't be watched. */
    unwatched: () => unwatched.folders.size,
    /** Milliseconds within which a change is found that nobody tells of; null where there are no such. */
    foundWithin: rescans.within,
    /** Whether there is something to look at. */
    pending: () => folders.size > 0 || subtrees.size > 0 || unwatched.isDue() || unlisted.isDue() || rescans.isDue(),
    /** Milliseconds until something is to be looked at unasked; null when nothing is missing, and all is watched and was listed. */
    nextLook(): number | null {
      const looks = [unwatched.nextLook(), unlisted.nextLook(), rescans.nextLook(), absences.nextLook()];
      const due = looks.filter((one) => one !== null);
      return due.length === 0 ? null : Math.min(...due);
    },
  };
}

/** Whether this folder, or one in it, is another than was known under its name. */
function showsAnotherFolder(
  { self, entries }: FolderListing,
  folder: LocalNode,
  children: ReadonlyMap<Name, LocalNode>,
): boolean {
  if (folder.identity !== self.identity) return true;
  return entries.some(({ kind, name, identity }) => {
    const known = kind === "folder" ? children.get(name) : undefined;
    return known?.kind === "folder" && known.identity !== identity;
  });
}

export type LocalObserver = ReturnType<typeof createLocalObserver>;
