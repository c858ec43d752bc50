import type { Clock } from "../ports/clock.ts";
import type { RelativePath } from "../ports/values.ts";

/** How often folders are looked at that can't be watched, in milliseconds; where that takes long, less often. */
const EVERY = 5_000;
/** No more than this part of the time goes into it. */
const SHARE = 0.1;

/** Folders that can't be watched, since a limit of the system is reached: looked at again and again instead. */
export function createUnwatched(clock: Clock) {
  const folders = new Set<RelativePath>();
  let due = Number.POSITIVE_INFINITY;

  return {
    folders: folders as ReadonlySet<RelativePath>,
    /** After an attempt to watch: these are watched from now on, those are not. */
    note(watched: Iterable<RelativePath>, failed: Iterable<RelativePath>): void {
      for (const path of watched) folders.delete(path);
      for (const path of failed) folders.add(path);
      if (folders.size === 0) due = Number.POSITIVE_INFINITY;
      else if (due === Number.POSITIVE_INFINITY) due = clock.monotonic() + EVERY;
    },
    forget: (path: RelativePath) => folders.delete(path),
    isDue: () => clock.monotonic() >= due,
    /** They were looked at, and that took so long. */
    looked(milliseconds: number): void {
      due = clock.monotonic() + Math.max(EVERY, milliseconds / SHARE);
    },
    /** Milliseconds until they are to be looked at; null when there are none. */
    nextLook: (): number | null => (folders.size === 0 ? null : Math.max(1, due - clock.monotonic())),
  };
}
