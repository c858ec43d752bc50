import { randomUUID } from "node:crypto";
import { type BigIntStats, closeSync, linkSync, openSync, renameSync, rmSync, unlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { lookAt } from "./stat.ts";

/** What a file system says that gives a file no second name, or not this one, as on a full disk. */
const NO_LINKS = new Set(["EPERM", "EMLINK", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "ENOSPC", "EDQUOT"]);
/** What stands in a folder's way: a folder that is not empty, or a file. */
const IN_THE_WAY = new Set(["ENOTEMPTY", "EEXIST", "ENOTDIR"]);
/** How long is believed what was seen of a file system's second names, in milliseconds. */
const SEEN_LASTS = 10_000;

const isSame = (a: BigIntStats, b: BigIntStats) => a.dev === b.dev && a.ino === b.ino;
const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? "";
/** Always ignored (`.~*`): a kill in the very moment may leave one, with a file that has its right name too. */
const nameBeside = (name: string) => join(dirname(name), `.~twinfold-${randomUUID()}`);

/**
 * Renames to a name that must be free where no single call can (NFS, most of FUSE). That it is free is never believed of a
 * look: of a network file system the kernel remembers for half a minute that there was nothing (nfs(5), acdirmin), and a rename
 * over what another machine has made meanwhile would be its end. Who keeps the files decides.
 *
 * What remains: for a moment a file has both names. Where it can't, an empty one has the new name for a moment, and who writes
 * into that one just then loses it. A folder takes the place of an empty one that somebody has just made there.
 * @returns whether the name was free @throws what the kernel says of anything else
 */
export function renameBySteps(from: string, to: string): boolean {
  const own = lookAt(from);
  if (own.isDirectory()) return moveFolder(from, to);
  if (canLink(from, own)) {
    try {
      if (!isMade(() => linkSync(from, to))) return false;
      takeAway(from, own);
      return true;
    } catch (error) {
      if (!NO_LINKS.has(codeOf(error))) throw error;
    }
  }
  return moveOverOwn(from, to);
}

function isMade(make: () => void): boolean {
  try {
    make();
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

let seen: { readonly device: bigint; readonly can: boolean; readonly at: number } | null = null;

/** Whether a second name leads to the same file, as far as can be seen: some of FUSE number their files by their names. */
function canLink(from: string, own: BigIntStats): boolean {
  if (seen?.device === own.dev && performance.now() - seen.at < SEEN_LASTS) return seen.can;
  const other = nameBeside(from);
  try {
    linkSync(from, other);
  } catch (error) {
    if (NO_LINKS.has(codeOf(error))) return false;
    throw error;
  }
  const can = isSame(lookAt(other), own);
  unlinkSync(other);
  seen = { device: own.dev, can, at: performance.now() };
  return can;
}

/** The old name goes. Who saves another file under it meanwhile keeps that: what goes is looked at once nobody can swap it. */
function takeAway(from: string, own: BigIntStats): void {
  const aside = nameBeside(from);
  try {
    renameSync(from, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  if (isSame(lookAt(aside), own)) unlinkSync(aside);
  else if (isMade(() => linkSync(aside, from))) unlinkSync(aside);
  else renameSync(aside, `${from} (${randomUUID()})`);
}

/** Over an empty file that was made for it. */
function moveOverOwn(from: string, to: string): boolean {
  if (!isMade(() => closeSync(openSync(to, "wx", 0o600)))) return false;
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (lookAt(to).size === 0n) rmSync(to, { force: true });
    throw error;
  }
}

/** The call itself replaces nothing but an empty folder. */
function moveFolder(from: string, to: string): boolean {
  try {
    lookAt(to);
    return false;
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
  try {
    // So it is a folder that is moved, or nothing.
    renameSync(`${from}/`, to);
    return true;
  } catch (error) {
    if (IN_THE_WAY.has(codeOf(error))) return false;
    throw error;
  }
}
