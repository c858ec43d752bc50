import { type BigIntStats, lstatSync, renameSync } from "node:fs";
import { numberedName } from "./numbered-name.ts";
import { exchangeNames, renameIfFree } from "./rename.ts";
import { contentStamp, lookAt } from "./stat.ts";

/** What came of letting a staged file take a name. */
export interface InPlace {
  /** The file there, if it is still the staged one; else the staged one as it was, which it never is again. */
  readonly stats: BigIntStats;
  /** Whether something was replaced: that has the staged one's name now. */
  readonly replaced: boolean;
}

/** Of a file that steps aside for a moment, where names can't be exchanged. */
export const ASIDE = "-aside";

/** What a staged file may take the place of. */
export interface Replaceable {
  /** Throws unless it may be replaced as it is seen; null where nothing is. */
  readonly check: (seen: BigIntStats | null) => void;
  /** Whether it was that by the time at which it was replaced. */
  readonly isIt: (was: BigIntStats, seen: BigIntStats) => boolean;
}

/**
 * Lets a staged file take a name. What it replaces is looked at once nobody can swap it any more, and has its name again where it
 * may not be replaced. A program that wrote to the staged file in that moment, by its name, finds it beside.
 * @returns null when something else was there. @throws what `check` throws, and what the disk says: then all is as it was, or what
 * was there lies under the staged one's name with `ASIDE`
 */
export function putInPlace(staged: string, name: string, { check, isIt }: Replaceable): InPlace | null {
  const own = lookAt(staged);
  const inPlace = (replaced: boolean): InPlace => {
    const there = lstatSync(name, { bigint: true, throwIfNoEntry: false });
    return { stats: there !== undefined && isSameFile(there, own) ? there : own, replaced };
  };
  const seen = lstatSync(name, { bigint: true, throwIfNoEntry: false });
  check(seen ?? null);
  if (seen === undefined) return renameIfFree(staged, name) ? inPlace(false) : null;
  const exchanged = exchangedIfThere(staged, name);
  if (exchanged === null) return null;
  if (exchanged)
    return orBack(
      () => (isIt(lookAt(staged), seen) ? inPlace(true) : null),
      () => {
        // Somebody has written to it meanwhile, or put another in its place.
        if (exchangedBack(staged, name) && !isSameFile(lookAt(staged), own)) putBeside(staged, name);
      },
    );
  const aside = `${staged}${ASIDE}`;
  renameSync(name, aside);
  return orBack(
    () => {
      if (!isIt(lookAt(aside), seen) || !renameIfFree(staged, name)) return null;
      const placed = inPlace(true);
      renameSync(aside, staged);
      return placed;
    },
    () => {
      if (!renameIfFree(aside, name)) putBeside(aside, name);
    },
  );
}

/** @returns what `body` does; where that is nothing, or it throws, what was there has its name again, or one beside */
function orBack(body: () => InPlace | null, back: () => void): InPlace | null {
  let placed: InPlace | null;
  try {
    placed = body();
  } catch (error) {
    try {
      back();
    } catch {
      // It stays aside, where whoever keeps the staged one finds it.
    }
    throw error;
  }
  if (placed === null) back();
  return placed;
}

/** The same file, with the same bytes as far as can be seen. */
export const isSameFile = (one: BigIntStats, other: BigIntStats): boolean => contentStamp(one) === contentStamp(other);

/** @returns null where the name is free by now, false where the file system can't */
function exchangedIfThere(staged: string, name: string): boolean | null {
  try {
    return exchangeNames(staged, name);
  } catch (error) {
    if ((error as { code?: string }).code !== "ENOENT") throw error;
    return null;
  }
}

/** @returns false where that can't be: it has the name again if that is free by now, and is beside otherwise */
function exchangedBack(staged: string, name: string): boolean {
  try {
    if (exchangedIfThere(staged, name) !== null) return true;
  } catch {
    // The disk refuses it.
  }
  if (!renameIfFree(staged, name)) putBeside(staged, name);
  return false;
}

function putBeside(file: string, name: string): void {
  for (let count = 2; !renameIfFree(file, numberedName(name, count)); count++);
}
