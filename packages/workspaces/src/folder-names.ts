import type { BigIntStats, Dirent } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

/** One name in a folder; the rest is looked at when it is asked for. */
export interface NamedEntry {
  readonly name: string;
  readonly isFolder: boolean;
}

/** Folders of which the names are remembered, and from how many names on it is worth it. */
const MOST_REMEMBERED = 16;
const WORTH_IT = 500;
/** A folder that was changed less than this ago may change again without a sign; nanoseconds. */
const SETTLED = 2_000_000_000n;

const remembered = new Map<string, { readonly state: string; readonly names: readonly NamedEntry[] }>();

/**
 * The names in a folder, folders first, then as people count: `plot 9` before `plot 10`. A large folder is read and sorted
 * again only when it has changed, so that any part of it is at hand at once.
 * @param stats the folder's own, from before this call
 */
export async function folderNames(folder: string, stats: BigIntStats): Promise<readonly NamedEntry[]> {
  // By what it is: a name of it may be one of a descriptor, which is another folder's the next time.
  const identity = `${stats.dev} ${stats.ino}`;
  const state = `${stats.mtimeNs} ${stats.ctimeNs}`;
  const known = remembered.get(identity);
  remembered.delete(identity);
  if (known?.state === state) {
    remembered.set(identity, known);
    return known.names;
  }
  const found = await Promise.all((await readdir(folder, { withFileTypes: true })).map((one) => named(folder, one)));
  const names = sorted(found.filter((one) => one !== null));
  const isSettled = BigInt(Date.now()) * 1_000_000n - stats.ctimeNs > SETTLED;
  if (isSettled && names.length >= WORTH_IT) {
    remembered.set(identity, { state, names });
    const [oldest] = remembered.keys();
    if (remembered.size > MOST_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
  }
  return names;
}

async function named(folder: string, entry: Dirent): Promise<NamedEntry | null> {
  const { name } = entry;
  if (entry.isFile() || entry.isSymbolicLink()) return { name, isFolder: false };
  if (entry.isDirectory()) return { name, isFolder: true };
  // A file system that does not tell in its listings what a name stands for.
  const stats = await lstat(join(folder, name)).catch(() => null);
  return stats === null ? null : { name, isFolder: stats.isDirectory() };
}

function sorted(names: readonly NamedEntry[]): NamedEntry[] {
  // Compared as plain strings: a collator takes a second for 100,000 names, in which nobody else is served.
  return names
    .map((entry) => ({ entry, key: sortKey(entry) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.entry.name < b.entry.name ? -1 : 1))
    .map(({ entry }) => entry);
}

/** Digits that a number in a name is filled up to. */
const DIGITS = 12;

function sortKey({ name, isFolder }: NamedEntry): string {
  const letters = name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return `${isFolder ? "0" : "1"}${letters.replace(/\d+/g, (digits) => digits.padStart(DIGITS, "0"))}`;
}
