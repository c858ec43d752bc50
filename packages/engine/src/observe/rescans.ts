import type { Clock } from "../ports/clock.ts";
import { outermostOf, type RelativePath } from "../ports/values.ts";

/** How often all is looked at, unless it is set otherwise, in milliseconds; where that takes long, less often. */
const EVERY = 45_000;
/** No more than this part of the time goes into it. */
const PART = 0.1;
/** So long at a time, in milliseconds: what is heard of, or comes from Dropbox, waits meanwhile. */
const TURN = 250;
/** Where something was found there is more to come: so many folders are looked at so often, for so long; milliseconds. */
const LIVELY = 32;
const LIVELY_EVERY = 5_000;
const LIVELY_FOR = 120_000;

interface RescansParts {
  readonly clock: Clock;
  /** How often all is to be looked at, in milliseconds; null where nobody has said. */
  readonly every: number | null;
  /** The folders in a folder, as they are known. */
  readonly foldersIn: (folder: RelativePath) => readonly RelativePath[];
}

/**
 * Where other machines write without a word, each folder is looked at over and over: a listing, and one look at each file in
 * it. A folder's own time would not do, since a file that is written in place leaves it as it was. It goes round in turns,
 * with pauses between them, so that it takes no more than its part of the time, however many files there are.
 */
export function createRescans({ clock, every, foldersIn }: RescansParts) {
  const interval = every ?? EVERY;
  let places: readonly RelativePath[] = [];
  /** What this round has still to look at; null between two rounds. */
  let left: RelativePath[] | null = null;
  let began = 0;
  let nextRound = 0;
  let longest = 0;
  /** Until when folders count as lively, in the order of what was found last. */
  const lively = new Map<RelativePath, number>();
  const livelyNow: RelativePath[] = [];
  let isLivelyTurn = false;
  let nextLively = 0;
  let pauseEnds = 0;
  let took = 0;

  /** When there is something to do next. */
  function due(): number {
    if (places.length === 0) return Number.POSITIVE_INFINITY;
    if (livelyNow.length > 0) return pauseEnds;
    const round = left === null ? nextRound : 0;
    return Math.max(pauseEnds, lively.size > 0 ? Math.min(round, nextLively) : round);
  }

  function beginWhatIsDue(now: number): void {
    if (left === null && now >= nextRound) {
      left = [...places];
      began = now;
    }
    if (lively.size === 0 || now < nextLively || livelyNow.length > 0) return;
    for (const [path, until] of lively) if (until < now) lively.delete(path);
    livelyNow.push(...lively.keys());
    nextLively = now + LIVELY_EVERY;
  }

  /** By turns, so that neither holds up the other. */
  function nextFolder(): RelativePath | undefined {
    isLivelyTurn = !isLivelyTurn;
    return isLivelyTurn ? (livelyNow.shift() ?? nextOfRound()) : (nextOfRound() ?? livelyNow.shift());
  }

  function nextOfRound(): RelativePath | undefined {
    const path = left?.pop();
    if (path !== undefined) for (const inner of foldersIn(path)) left?.push(inner);
    return path;
  }

  function endTurn(): void {
    const now = clock.monotonic();
    pauseEnds = now + took * (1 / PART - 1);
    took = 0;
    if (left === null || left.length > 0) return;
    left = null;
    nextRound = Math.max(began + interval, pauseEnds);
    longest = nextRound - began;
  }

  return {
    /** These are the places where nobody tells of all that is written. */
    over(next: readonly RelativePath[]): void {
      const outermost = outermostOf(next);
      if (outermost.length === places.length && outermost.every((path) => places.includes(path))) return;
      places = outermost;
      left = null;
      lively.clear();
      livelyNow.length = 0;
      // What has just come into sight is looked at by whoever has seen it.
      nextRound = clock.monotonic() + interval;
      longest = interval;
    },
    isDue: () => clock.monotonic() >= due(),
    /** Milliseconds until there is something to do; null when there is nothing to look after. */
    nextLook: (): number | null => (places.length === 0 ? null : Math.max(1, due() - clock.monotonic())),
    /** The next folder of this turn; null when that is over. */
    next(): RelativePath | null {
      beginWhatIsDue(clock.monotonic());
      const path = took >= TURN ? undefined : nextFolder();
      if (path === undefined) endTurn();
      return path ?? null;
    },
    /** It was looked at, and that took so many milliseconds. */
    looked(milliseconds: number): void {
      took += milliseconds;
    },
    /** Something was found in a folder that nobody had told of. */
    found(folder: RelativePath): void {
      if (lively.size === 0) nextLively = clock.monotonic() + LIVELY_EVERY;
      lively.delete(folder);
      lively.set(folder, clock.monotonic() + LIVELY_FOR);
      const [oldest] = lively.keys();
      if (lively.size > LIVELY && oldest !== undefined) lively.delete(oldest);
    },
    /**
     * Milliseconds within which a change is found, by the last round, and by this one where it is longer; null when there is
     * nothing to look after.
     */
    within: (): number | null =>
      places.length === 0 ? null : Math.max(longest, left === null ? 0 : clock.monotonic() - began),
  };
}

export type Rescans = ReturnType<typeof createRescans>;
