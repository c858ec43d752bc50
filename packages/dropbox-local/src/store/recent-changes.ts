import type { ChangeLog } from "./change-log.ts";
import type { Entry } from "./entries.ts";
import type { Tree } from "./tree.ts";

/** What became of one path, as a person tells it. */
export interface RecentChange {
  readonly what: "added" | "changed" | "moved" | "deleted";
  readonly entry: Entry;
  /** Where it was before it was moved, as people wrote it; null for everything else. */
  readonly from: string | null;
}

/** How far back is looked, in places of the log: more than the largest move takes, with what it leaves behind. */
const REACH = 20_000;

/** The latest changes of one account, newest first. What moved along with its folder is told with the folder. */
export function recentChanges(log: ChangeLog, tree: Tree, ns: number, limit: number): RecentChange[] {
  const since = tree.states.read(ns).seq - REACH;
  const moves = folderMoves(log, tree, ns, since);
  const changes: RecentChange[] = [];
  let before = Number.MAX_SAFE_INTEGER;
  while (changes.length < limit) {
    const entry = log.lastBefore(ns, before);
    if (entry === undefined || entry.seq <= since) break;
    const along = moves.find((move) => entry.seq > move.to.seq && entry.seq <= move.end);
    before = along === undefined ? entry.seq : along.to.seq + 1;
    const change = along !== undefined ? null : entry.deleted ? deletion(tree, entry) : arrival(tree, entry, moves);
    if (change !== null) changes.push(change);
  }
  return changes;
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
  return tree.entries.aliveById(entry.ns, entry.id) === undefined ? { what: "deleted", entry, from: null } : null;
}

function arrival(tree: Tree, entry: Entry, moves: readonly FolderMove[]): RecentChange {
  if (entry.folder) {
    const move = moves.findLast(({ to }) => to.id === entry.id);
    return move === undefined
      ? { what: "added", entry, from: null }
      : { what: "moved", entry, from: move.from.display };
  }
  const [, before] = tree.revisions.byId(entry.ns, entry.id, 2);
  if (before === undefined) return { what: "added", entry, from: null };
  return before.key === entry.key
    ? { what: "changed", entry, from: null }
    : { what: "moved", entry, from: before.display };
}
