/** A tree as a person sees it: paths with their content; null for folders. Sorted by path. Never changed, but made anew. */
export type VisibleTree = ReadonlyMap<string, Uint8Array | null>;

/** Trees of which is remembered what was derived: those of three sides, before a deed and after it. */
const RECENT = 6;

/**
 * Remembers what follows from a tree alone. Checks come with every deed, and most of them find the trees of the last.
 */
export function onceATree<T>(derive: (tree: VisibleTree) => T): (tree: VisibleTree) => T {
  let recent: readonly { readonly tree: VisibleTree; readonly result: T }[] = [];
  return (tree) => {
    const known = recent.find((one) => one.tree === tree);
    if (known !== undefined) return known.result;
    const result = derive(tree);
    recent = [{ tree, result }, ...recent.slice(0, RECENT - 1)];
    return result;
  };
}

/** The tree as of a version: read again only when that has become another. */
export function createTreeReader(version: () => number, read: () => VisibleTree): () => VisibleTree {
  let last: { readonly version: number; readonly tree: VisibleTree } | null = null;
  return () => {
    const now = version();
    if (last?.version !== now) last = { version: now, tree: read() };
    return last.tree;
  };
}

const decoder = new TextDecoder();
/** A content as text. */
export function textOf(content: Uint8Array): string {
  return decoder.decode(content);
}
