import type { FileSystem, Mount } from "../ports/file-system.ts";
import type { Store } from "../ports/store.ts";
import { isWithin, outermostOf, type RelativePath, ROOT_PATH } from "../ports/values.ts";
import { statIfTold } from "./stat-if-told.ts";

const MOUNTS = "mounts";

/**
 * File systems that are mounted inside the root: disks, shares, bind mounts. One that is gone leaves an empty folder,
 * and that is not to be taken for the deletion of all that was in it (SPEC section 4: not seen is not deleted). So each
 * is remembered, and while it is gone nothing is believed, or done, below it.
 */
export function createMounts(store: Pick<Store, "readMeta" | "writeMeta">, fileSystem: FileSystem) {
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

  const isNew = ({ path }: Mount) => path !== ROOT_PATH && !known.has(path);

  return {
    /** Looks which are there. @returns those that are new, or back: what is below is to be looked at */
    async look(): Promise<readonly RelativePath[]> {
      const mounted = await fileSystem.mounts();
      shares = mounted.filter(({ tellsAll }) => !tellsAll);
      const appeared = mounted.filter(isNew).map(({ path }) => path);
      for (const path of appeared) known.add(path);
      const before = gone;
      const missing = missingIn(mounted);
      // Whoever deletes the empty folder means it; but one that lies in another that is gone can't be looked at.
      const deleted: RelativePath[] = [];
      for (const path of outermostOf(missing)) if ((await statIfTold(fileSystem, path)) === null) deleted.push(path);
      for (const path of deleted) known.delete(path);
      if (appeared.length > 0 || deleted.length > 0) save();
      gone = missing.filter((path) => !deleted.includes(path));
      return [...appeared, ...before.filter((path) => !gone.includes(path))];
    },
    isKnown: (path: RelativePath) => known.has(path),
    /**
     * Looks at once which are there: between two looks of the observer one may come or go. @returns whether a path lies in one
     * that is not there as of now, or was not when it was looked at what is in it
     */
    async awayNow(): Promise<(path: RelativePath) => boolean> {
      const mounted = await fileSystem.mounts();
      const away = [...missingIn(mounted), ...mounted.filter(isNew).map(({ path }) => path)];
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
