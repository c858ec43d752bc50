import { type BigIntStats, lstatSync } from "node:fs";
import type { Fingerprint, LocalIdentity, LocalStat, Seconds } from "@twinfold/engine";
import { refreshAttributes } from "./native.ts";

/** In nanoseconds. */
const SECOND = 1_000_000_000n;

/**
 * One look at a name, not through a link, at what it is now: where another machine may write, what the kernel remembers of it
 * is not to be relied upon when something is taken away or replaced.
 */
export function lookAt(name: string): BigIntStats {
  refreshAttributes(name);
  return lstatSync(name, { bigint: true });
}

/** Device, inode and birth; where a file system keeps no birth, the first two (it says 0 then). */
export function identityOf(stats: BigIntStats): LocalIdentity {
  return `${stats.dev}:${stats.ino}:${stats.birthtimeNs}` as LocalIdentity;
}

/** What changes when the bytes do, but not when the name does: a rename sets the change time. */
export function contentStamp(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}`;
}

export function statOf(stats: BigIntStats): LocalStat {
  const kind = stats.isFile() ? "file" : stats.isDirectory() ? "folder" : "special";
  const identity = identityOf(stats);
  return {
    kind,
    identity,
    fingerprint: `${identity}:${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}` as Fingerprint,
    size: kind === "file" ? Number(stats.size) : 0,
    mtime: secondsOf(stats.mtimeNs),
    ...(kind === "special" ? { special: specialName(stats) } : {}),
  };
}

/** What a fingerprint says of the file that had it; a size that is no number where it is none of a file. */
export function deviceAndSizeOf(fingerprint: Fingerprint): { readonly device: bigint; readonly size: number } {
  const [device = "", , , size] = fingerprint.split(":");
  return /^\d+$/.test(device) ? { device: BigInt(device), size: Number(size) } : { device: 0n, size: Number.NaN };
}

/** Whether it is the file that had this fingerprint. */
export function isFileAs(stats: BigIntStats, expected: Fingerprint): boolean {
  return stats.isFile() && statOf(stats).fingerprint === expected;
}

/** Whole ones, rounded down before 1970 too: a division of integers rounds towards zero. */
function secondsOf(nanoseconds: bigint): Seconds {
  return Number((nanoseconds - (((nanoseconds % SECOND) + SECOND) % SECOND)) / SECOND);
}

function specialName(stats: BigIntStats): string {
  if (stats.isSymbolicLink()) return "symbolic link";
  if (stats.isSocket()) return "socket";
  if (stats.isFIFO()) return "named pipe";
  if (stats.isBlockDevice() || stats.isCharacterDevice()) return "device";
  return "special file";
}
