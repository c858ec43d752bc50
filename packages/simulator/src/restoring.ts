import { pathKey } from "@twinfold/dropbox-rules";
import { DiskError } from "./disk-things.ts";
import type { DiskUser } from "./disk-user.ts";
import type { Side } from "./side.ts";
import { textOf, type VisibleTree } from "./visible-tree.ts";

/** The disk gets the files that it had once, as a restore gives them: what is there under another name is moved. */
export function restoreTree(user: DiskUser, saved: VisibleTree): void {
  const now = user.tree();
  const isInPlace = (path: string) => isSame(now.get(path), saved.get(path));
  const aside = new Map<string, string>();
  for (const [path, content] of now) {
    if (content === null || isInPlace(path) || aside.has(textOf(content))) continue;
    const wanted = [...saved].some(([other, one]) => one !== null && isSame(one, content) && !isInPlace(other));
    const name = `.restored ${aside.size}`;
    if (wanted && attempt(() => user.rename(path, name))) aside.set(textOf(content), name);
  }
  for (const path of [...now.keys()].toReversed())
    if (user.exists(path) && (!saved.has(path) || (now.get(path) === null) !== (saved.get(path) === null)))
      attempt(() => user.rmtree(path));
  for (const [path, content] of saved) {
    if (content === null) attempt(() => user.mkdirs(path));
    else if (!isInPlace(path) || !user.exists(path)) {
      const moved = aside.get(textOf(content));
      aside.delete(textOf(content));
      if (moved === undefined || !attempt(() => user.rename(moved, path))) attempt(() => user.save(path, content));
    }
  }
  for (const name of aside.values()) attempt(() => user.unlink(name));
}

/** Watches that what was restored has its names on all sides at the next rest, unless users went on. */
export class RestoredFiles {
  #expected: VisibleTree | null = null;

  /** @param tree what is on disk; null where that says nothing of what is to come */
  expect(tree: VisibleTree | null): void {
    this.#expected = tree;
  }

  /** All sides are one. @returns what engines did wrong */
  rest(sides: readonly Side[]): string[] {
    const expected = this.#expected;
    this.#expected = null;
    if (expected === null) return [];
    const keys = new Set([...expected.keys()].map(pathKey));
    // Of two names that are one for Dropbox the second gets another.
    if (keys.size < expected.size) return [];
    return sides.flatMap(({ name, tree }) => {
      const there = new Map([...tree].map(([path, content]) => [pathKey(path), content]));
      return [...expected]
        .filter(([path, content]) => !path.includes(".~") && !isSame(there.get(pathKey(path)), content))
        .map(([path]) => `${path} was restored, and is something else or gone on ${name}`);
    });
  }
}

function isSame(one: Uint8Array | null | undefined, other: Uint8Array | null | undefined): boolean {
  if (one === undefined || other === undefined || one === null || other === null) return one === other;
  return Buffer.compare(one, other) === 0;
}

/** Something in the way that no snapshot knows of, or a disk that is full: the rest is done all the same. */
function attempt(deed: () => void): boolean {
  try {
    deed();
    return true;
  } catch (error) {
    if (error instanceof DiskError) return false;
    throw error;
  }
}
