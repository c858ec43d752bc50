import { type Bytes, toBytes } from "./bytes.ts";
import type { Difference } from "./difference.ts";
import { isFolder, type TreeEntry } from "./tree.ts";

/** What is at a path: the hash of a content, `FOLDER`, or null for nothing. */
export type Found = string | null;
export const FOLDER = "folder";
export const foundAt = (entry: TreeEntry | undefined): Found =>
  entry === undefined ? null : isFolder(entry) ? FOLDER : entry.hash;

/** What of a snapshot is to be restored; all of it where nothing is said. */
export interface RestoreChoice {
  /** What is at and below these. */
  readonly paths?: readonly string[] | undefined;
  /** These alone, and of them those at which there still is what is said here. */
  readonly where?: ReadonlyMap<Bytes, Found> | undefined;
}

/** @returns what is wanted, and what would be but for what `where` says of it */
export function choose(
  all: Iterable<Difference>,
  { paths, where }: RestoreChoice,
): { readonly wanted: Difference[]; readonly left: Bytes[] } {
  if (where !== undefined) return stillThere(all, where);
  const chosen = paths?.map(toBytes);
  return { wanted: [...all].filter((one) => chosen === undefined || isChosen(one, chosen)), left: [] };
}

/** At or below the paths, or a folder on the way that is not there. */
function isChosen({ path, after }: Difference, paths: readonly Bytes[]): boolean {
  return paths.some(
    (one) => path === one || path.startsWith(`${one}/`) || (isFolder(after) && one.startsWith(`${path}/`)),
  );
}

function stillThere(all: Iterable<Difference>, where: ReadonlyMap<Bytes, Found>) {
  const wanted: Difference[] = [];
  const left: Bytes[] = [];
  /** The last folder that was to come back and can't: something else has its name. */
  let taken: Bytes | null = null;
  for (const one of all) {
    const { path, before, after } = one;
    const expected = where.get(path);
    if (expected === undefined) continue;
    const isBelow = taken !== null && path.startsWith(`${taken}/`);
    if (!isBelow && foundAt(before) === expected) wanted.push(one);
    else {
      left.push(path);
      if (!isBelow && isFolder(after)) taken = path;
    }
  }
  return { wanted, left };
}
