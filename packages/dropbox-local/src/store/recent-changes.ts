import { nameKey } from "@twinfold/dropbox-rules";
import type { ChangeLog } from "./change-log.ts";
import type { Entry, FileEntry } from "./entries.ts";
import { nameOf, parentOf } from "./paths.ts";
import type { Tree } from "./tree.ts";

/** What became of one path, as a person tells it. */
export interface RecentChange {
  readonly what: "added" | "changed" | "moved" | "deleted";
  readonly entry: Entry;
  /** Where it was before it was moved, as people wrote it; null for everything else. */
  readonly from: string | null;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** A change at its place among the account's. */
interface PlacedChange {
  readonly seq: number;
  readonly change: RecentChange;
}

/** How far back is looked, in places of the log: more than the largest move takes, with what it leaves behind. */
const REACH = 20_000;

/** The latest changes of one account, newest first. What moved along with its folder is told with the folder. */
export function recentChanges(log: ChangeLog, tree: Tree, ns: number, limit: number): RecentChange[] {
  const since = tree.states.read(ns).seq - REACH;
  return [...loggedChanges(log, tree, ns, since, limit), ...recasings(tree, ns, since, limit)]
    .sort((a, b) => b.seq - a.seq)
    .slice(0, limit)
    .map(({ change }) => change);
}

function loggedChanges(log: ChangeLog, tree: Tree, ns: number, since: number, limit: number): PlacedChange[] {
  const moves = folderMoves(log, tree, ns, since);
  const changes: PlacedChange[] = [];
  let before = Number.MAX_SAFE_INTEGER;
  while (changes.length < limit) {
    const entry = log.lastBefore(ns, before);
    if (entry === undefined || entry.seq <= since) break;
    const along = moves.find((move) => entry.seq > move.to.seq && entry.seq <= move.end);
    before = along === undefined ? entry.seq : along.to.seq + 1;
    const change = along !== undefined ? null : entry.deleted ? deletion(tree, entry) : arrival(tree, entry, moves);
    if (change !== null) changes.push({ seq: entry.seq, change });
  }
  return changes;
}

/** Changes of case only, of what has still the name whose case was changed. */
function recasings(tree: Tree, ns: number, since: number, limit: number): PlacedChange[] {
  return tree.recasings.latest(ns, since, limit).flatMap(({ id, before, seq, at }) => {
    const entry = tree.entries.aliveById(ns, id);
    if (entry === undefined || nameKey(before) !== nameOf(entry.key) || before === nameOf(entry.display)) return [];
    const from = `${parentOf(entry.display)}/${before}`;
    return [{ seq, change: { what: "moved", entry, from, at } }];
  });
}

/** A folder's move takes places in the log without a gap: the folder's own, then one for each thing in it, up to `end`. */
interface FolderMove {
  readonly from: Entry;
  readonly to: Entry;
  readonly end: number;
}

function folderMoves(log: ChangeLog, tree: Tree, ns: number, since: number): FolderMove[] {
  return log.deletedFolders(ns, since).flatMap((from) => {
    const to = tree.entries.aliveById(ns, from.id);
    if (to === undefined || to.seq < from.seq) return [];
    const inside = tree.entries.countBuriedBelow(from);
    return [{ from, to, end: to.seq + inside }];
  });
}

/** Null for what lives on elsewhere: its arrival there tells of it. */
function deletion(tree: Tree, entry: Entry): RecentChange | null {
  return tree.entries.aliveById(entry.ns, entry.id) === undefined
    ? { what: "deleted", entry, from: null, at: entry.serverModified }
    : null;
}

function arrival(tree: Tree, entry: Entry, moves: readonly FolderMove[]): RecentChange {
  if (entry.folder) {
    const move = moves.findLast(({ to }) => to.id === entry.id);
    return move === undefined
      ? { what: "added", entry, from: null, at: entry.serverModified }
      : { what: "moved", entry, from: move.from.display, at: entry.serverModified };
  }
  const [, before] = tree.revisions.byId(entry.ns, entry.id, 2);
  if (before === undefined) return { what: "added", entry, from: null, at: entry.serverModified };
  return before.key === entry.key
    ? { what: "changed", entry, from: null, at: entry.serverModified }
    : { what: "moved", entry, from: leftBehind(tree, before), at: entry.serverModified };
}

/** Where a version was, as it was spelled when the file was moved away from there, which may be otherwise than in the version. */
function leftBehind(tree: Tree, version: FileEntry): string {
  const there = tree.entries.find(version.ns, version.key);
  return there?.deleted === true && there.id === version.id ? there.display : version.display;
}
