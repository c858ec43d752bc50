import type { FileSystem, Mount } from "../ports/file-system.ts";
import { nodeAt, type Store } from "../ports/store.ts";
import { isWithin, type NameKey, type RelativePath, ROOT, ROOT_PATH } from "../ports/values.ts";

const MOUNTS = "mounts";

/**
 * File systems that are mounted inside the root: disks, shares, bind mounts. One that is gone leaves an empty folder,
 * and that is not to be taken for the deletion of all that was in it (SPEC section 4: not seen is not deleted). So each
 * is remembered, and while it is gone nothing is believed, or done, below it.
 */
export function createMounts(store: Store, fileSystem: FileSystem, key: (name: string) => NameKey) {
  const known = new Set(JSON.parse(store.readMeta(MOUNTS) ?? "[]") as RelativePath[]);
  let gone: readonly RelativePath[] = [];
  let shares: readonly Mount[] = [];

  function save(): void {
    store.writeMeta(MOUNTS, known.size === 0 ? null : JSON.stringify([...known]));
  }

  /** Of those that are known, which are not there. */
  function missingIn(mounted: readonly Mount[]): RelativePath[] {
    const present = new Set(mounted.map(({ path }) => path));
    return [...known].filter((path) => !present.has(path));
  }

  /** Something else is mounted over a folder that was synced: its base is forgotten, so that both are united. */
  async function adopt(path: RelativePath): Promise<void> {
    known.add(path);
    const node = nodeAt(store.local, ROOT, path, key);
    const stat = node === undefined ? null : await fileSystem.stat(path);
    store.transaction(() => {
      save();
      if (node === undefined || stat?.identity === node.identity) return;
      for (const child of store.synced.children(node.id)) store.synced.remove(child.id);
    });
  }

  return {
    /** Looks which are there. @returns those that are back: what is below is to be looked at */
    async look(): Promise<readonly RelativePath[]> {
      const mounted = await fileSystem.mounts();
      shares = mounted.filter(({ tellsAll }) => !tellsAll);
      for (const { path } of mounted) if (path !== ROOT_PATH && !known.has(path)) await adopt(path);
      const before = gone;
      const missing = missingIn(mounted);
      // Whoever deletes the empty folder means it.
      const deleted: RelativePath[] = [];
      for (const path of missing) if ((await fileSystem.stat(path)) === null) deleted.push(path);
      for (const path of deleted) known.delete(path);
      if (deleted.length > 0) save();
      gone = missing.filter((path) => !deleted.includes(path));
      return before.filter((path) => !gone.includes(path));
    },
    isKnown: (path: RelativePath) => known.has(path),
    /**
     * Looks at once which are there: between two looks of the observer one may go. @returns whether a path lies in one that is
     * not there as of now
     */
    async awayNow(): Promise<(path: RelativePath) => boolean> {
      if (known.size === 0) return () => false;
      const away = missingIn(await fileSystem.mounts());
      return (path) => liesIn(path, away);
    },
    gone: () => gone,
    /** Those that are there and where nobody is told of all that is written. */
    shares: () => shares,
    /** Whether this lies in one that is gone, or is its empty folder. */
    isAway: (path: RelativePath) => liesIn(path, gone),
  };
}

const liesIn = (path: RelativePath, mounts: readonly RelativePath[]) => mounts.some((mount) => isWithin(path, mount));

export type Mounts = ReturnType<typeof createMounts>;
