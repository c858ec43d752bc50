import type { Clock } from "../ports/clock.ts";
import type { FileSystem } from "../ports/file-system.ts";
import { type LocalNode, pathOf, type Store } from "../ports/store.ts";
import { type NodeId, parentPath, type RelativePath } from "../ports/values.ts";
import type { Hashing } from "./hashing.ts";
import type { IgnoredFolders } from "./ignored-folders.ts";
import type { LeftItems } from "./left-items.ts";
import { inLimbo } from "./limbo.ts";
import type { Mounts } from "./mounts.ts";
import { statIfTold } from "./stat-if-told.ts";

/** How long an absence must last until it is believed, in milliseconds. */
const SECOND_LOOK = 100;

interface AbsencesParts {
  readonly fileSystem: FileSystem;
  readonly store: Store;
  readonly clock: Clock;
  readonly hashing: Hashing;
  readonly mounts: Mounts;
  readonly left: LeftItems;
  readonly ignoredFolders: IgnoredFolders;
  readonly lookAgain: (folder: RelativePath) => void;
}

/** Local nodes that were not found where they were. None is gone before a second look, and a search of ignored folders. */
export function createAbsences(parts: AbsencesParts) {
  const { fileSystem, store, clock, mounts, ignoredFolders } = parts;
  const { local, synced } = store;
  const missing = new Map<NodeId, number>();

  /** Whether it is to be believed that a node is gone; if not, it is there again, or nothing is known of it. */
  async function isStillMissing(node: LocalNode): Promise<boolean> {
    if (inLimbo(local, node)) return true;
    const path = pathOf(local, node.id);
    if (mounts.isAway(path)) return false;
    if ((await statIfTold(fileSystem, path)) === null) return true;
    // There again, or not to be told: its folder is looked at once more.
    parts.lookAgain(parentPath(path));
    return false;
  }

  async function lookTwice(): Promise<LocalNode[]> {
    const now = clock.monotonic();
    const gone: LocalNode[] = [];
    for (const [id, since] of missing) {
      if (now - since < SECOND_LOOK) continue;
      const node = local.get(id);
      if (node !== undefined && (await isStillMissing(node))) gone.push(node);
      else missing.delete(id);
    }
    return gone;
  }

  return {
    missing: missing as ReadonlyMap<NodeId, number>,
    note(id: NodeId): void {
      if (!missing.has(id)) missing.set(id, clock.monotonic());
    },
    found: (id: NodeId) => missing.delete(id),
    /** Takes from the local tree what is gone. */
    async settle(): Promise<void> {
      const missed = await lookTwice();
      // Looked at last: the disk in which they are may have gone while they were looked for.
      const isAway = missed.length === 0 ? () => false : await mounts.awayNow();
      const gone = missed.filter((node) => inLimbo(local, node) || !isAway(pathOf(local, node.id)));
      const wanted = gone.filter(({ id }) => synced.get(id) !== undefined).map(({ identity }) => identity);
      const moved = await ignoredFolders.find(new Set(wanted));
      if (moved === null) return;
      for (const { id, identity } of gone) {
        missing.delete(id);
        parts.hashing.forget(id);
        const to = moved.get(identity);
        store.transaction(() => {
          if (to !== undefined) parts.left.leave(id, to);
          local.remove(id);
        });
      }
    },
    /** Milliseconds until the next second look; null when nothing is missing. */
    nextLook(): number | null {
      // In the order in which they were missed.
      const [first] = missing.values();
      if (first === undefined) return null;
      return Math.max(1, first + SECOND_LOOK - clock.monotonic(), ignoredFolders.rest());
    },
  };
}

export type Absences = ReturnType<typeof createAbsences>;
