import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, readlinkSync, type Stats } from "node:fs";
import { asPath, type Bytes, joinBytes, toBytes } from "./bytes.ts";
import { atPlace } from "./place-walk.ts";
import { parseSeen, type Tree, type TreeEntry } from "./tree.ts";

/** What has become of something since a snapshot. */
export type Mark = "new" | "changed" | "unchanged";

/** Bytes that are read for one answer, of files whose times alone have changed; others are judged by those. */
const MOST_READ = 4 * 1024 * 1024;

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/**
 * What has become of the entries of a folder by these names. By size and times, and the content of small files where those
 * do not tell. A folder that was there has no mark: what is in it has.
 */
export function marksOf(root: string, folder: string, names: readonly string[], tree: Tree): Map<string, Mark> {
  const marks = new Map<string, Mark>();
  let left = MOST_READ;

  function mark(full: Bytes, stats: Stats, known: TreeEntry | undefined): Mark | null {
    const was = known && parseSeen(known);
    const kind = stats.isDirectory() ? "folder" : stats.isSymbolicLink() ? "link" : "file";
    if (known === undefined || was === undefined) return "new";
    if (was.kind !== kind) return "changed";
    if (kind === "folder") return null;
    if (kind === "link")
      return readlinkSync(asPath(full), "buffer").toString("hex") === known.hash ? "unchanged" : "changed";
    if (was.size !== stats.size) return "changed";
    const { mode, size, mtimeMs, ctimeMs, ino } = stats;
    if (known.seen === `${mode} ${size} ${mtimeMs} ${ctimeMs} ${ino}`) return "unchanged";
    if (stats.size > left) return was.mtimeMs === stats.mtimeMs ? "unchanged" : "changed";
    left -= stats.size;
    return hashOfSmall(full) === known.hash ? "unchanged" : "changed";
  }

  atPlace(root, joinBytes(toBytes(folder), "."), (here) => {
    for (const name of names) {
      const full = `${here}/${toBytes(name)}`;
      try {
        const stats = lstatSync(asPath(full));
        const found = stats.isFile() || stats.isDirectory() || stats.isSymbolicLink();
        const now = found ? mark(full, stats, tree.get(toBytes(name))) : null;
        if (now !== null) marks.set(name, now);
      } catch {
        // It went just now, or can't be looked at: nothing is said of it.
      }
    }
  });
  return marks;
}

function hashOfSmall(full: Bytes): string | null {
  const fd = openSync(asPath(full), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    return fstatSync(fd).size <= MOST_READ ? createHash("sha256").update(readFileSync(fd)).digest("hex") : null;
  } finally {
    closeSync(fd);
  }
}
