import { existsSync, linkSync, lstatSync, renameSync, rmSync, type Stats } from "node:fs";
import { join } from "node:path";
import { type FolderPlace, type HeldFolder, inFolder } from "@twinfold/filesystem";
import { makeFolder, makePrivate } from "@twinfold/host";
import { type DurableStore, openStore } from "@twinfold/store";

/** Where a session keeps what it has observed. */
export interface StateFolder extends FolderPlace {
  /**
   * Where SQLite works on the trees, if others may write in the state folder; on the same file system, and nobody else's. SQLite
   * opens its files by their paths, and deletes its log by it, so a link on the way would lead it anywhere. Here the trees
   * have a second name (a hard link) while they are worked on, and their log has its only one.
   */
  readonly work?: string;
}

/** The state folder of one who is alone with her files: what leads there is as she wants it. */
export const ownStateFolder = (folder: string): StateFolder => ({ root: folder, names: [], rootIs: folder });

/** Where it is, as a person finds it. */
export const inWords = ({ names, rootIs }: StateFolder): string =>
  names.length === 0 ? rootIs : `${names.join("/")} in ${rootIs}`;

export const TREES = "trees.db";
const LOG = `${TREES}-wal`;
/** All that SQLite makes of them. */
export const TREE_FILES = [TREES, LOG, `${TREES}-shm`];

/** The path at which SQLite finds the trees. */
export const treesOf = ({ work, root, names }: StateFolder): string => join(work ?? join(root, ...names), TREES);

/** What was written and is not in them yet: beside them by this very path. */
export const logOf = (place: StateFolder): string => `${treesOf(place)}-wal`;

const isSame = (a: Stats | undefined, b: Stats | undefined): boolean =>
  a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;

/** The trees are there, and it is those that are worked on. */
export function hasTrees(place: StateFolder): boolean {
  try {
    return inFolder(place, false, (folder) => isSame(folder.look(TREES), lstatSync(treesOf(place))));
  } catch {
    return false;
  }
}

/**
 * Whether there are trees in the folder that can be worked on. What was left to work on of others is forgotten: a log belongs
 * to the very trees that it was written for. @throws InTheWayError
 */
export function settleTrees(folder: HeldFolder, place: StateFolder): "none" | "sound" | "foreign log" {
  for (const name of TREE_FILES) folder.look(name);
  const trees = folder.look(TREES);
  if (place.work !== undefined && !isSame(trees, lstatSync(treesOf(place), { throwIfNoEntry: false }))) {
    rmSync(place.work, { recursive: true, force: true });
  }
  if (trees === undefined) return "none";
  // Some other program has worked on them, by their name there, and left changes that are not in them.
  return place.work !== undefined && (folder.look(LOG)?.size ?? 0) > 0 ? "foreign log" : "sound";
}

/**
 * Opens the trees, making them if there are none. For the user's own eyes, whatever files new ones are made like: SQLite gives
 * its other files the mode of the first. @throws InTheWayError, StoreError; what the disk says
 */
export function openTrees(folder: HeldFolder, place: StateFolder): DurableStore {
  const path = treesOf(place);
  if (folder.look(TREES) === undefined) folder.create(TREES, "");
  if (place.work !== undefined && !existsSync(path)) {
    makeFolder(place.work, 0o700);
    linkSync(folder.at(TREES), path);
    // A symbolic link that came just then is not followed: it has two names itself.
    const linked = lstatSync(path);
    if (!linked.isFile()) {
      rmSync(path);
      throw folder.inTheWay(TREES, undefined, linked);
    }
  }
  for (const name of TREE_FILES) {
    const file = join(path, "..", name);
    if (existsSync(file)) makePrivate(file);
  }
  const store = openStore(path);
  return { ...store, close: () => closeTrees(store, place) };
}

function closeTrees(store: DurableStore, place: StateFolder): void {
  store.close();
  // What could not be taken out of the log is in there only.
  if (place.work !== undefined && !existsSync(logOf(place))) rmSync(place.work, { recursive: true, force: true });
}

/** Moves the trees to a folder in theirs. @throws InTheWayError; what the disk says */
export function moveTrees(folder: HeldFolder, target: HeldFolder, place: StateFolder): void {
  for (const name of TREE_FILES) if (folder.look(name) !== undefined) renameSync(folder.at(name), target.at(name));
  if (place.work === undefined) return;
  if (existsSync(logOf(place))) renameSync(logOf(place), target.at(LOG));
  rmSync(place.work, { recursive: true, force: true });
}
