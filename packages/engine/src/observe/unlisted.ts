import type { Clock } from "../ports/clock.ts";
import type { RelativePath } from "../ports/values.ts";

/** Pauses between two tries from the second on, in milliseconds: the first of them, and the longest. */
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 60_000;

interface Unlisted {
  readonly deep: boolean;
  readonly tries: number;
  readonly due: number;
}

/** Folders that could not be listed: what is in them is not known, so that is tried again, at once and then less and less often. */
export function createUnlisted(clock: Clock) {
  const folders = new Map<RelativePath, Unlisted>();

  return {
    /** @param deep whether all below was to be listed too */
    failed(path: RelativePath, deep: boolean): void {
      const before = folders.get(path);
      const tries = (before?.tries ?? 0) + 1;
      const pause = tries === 1 ? 0 : Math.min(FIRST_PAUSE * 2 ** (tries - 2), LONGEST_PAUSE);
      folders.set(path, { deep: deep || before?.deep === true, tries, due: clock.monotonic() + pause });
    },
    /** It was listed, or there is no such folder any more. */
    forget: (path: RelativePath): boolean => folders.delete(path),
    isDue: (): boolean => [...folders.values()].some(({ due }) => due <= clock.monotonic()),
    /** Those that are to be tried again now; they are waited for until it is said what came of it. */
    take(): { readonly path: RelativePath; readonly deep: boolean }[] {
      const taken = [...folders].filter(([, { due }]) => due <= clock.monotonic());
      for (const [path, one] of taken) folders.set(path, { ...one, due: Number.POSITIVE_INFINITY });
      return taken.map(([path, { deep }]) => ({ path, deep }));
    },
    /** Milliseconds until the next is to be tried again; null when none is. */
    nextLook(): number | null {
      const next = Math.min(...[...folders.values()].map(({ due }) => due));
      return Number.isFinite(next) ? Math.max(1, next - clock.monotonic()) : null;
    },
  };
}
