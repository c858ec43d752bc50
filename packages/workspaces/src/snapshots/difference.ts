import { type Bytes, joinBytes } from "./bytes.ts";
import { EMPTY_TREE, isFolder, parseSeen, type Tree, type TreeEntry } from "./tree.ts";

export interface Difference {
  readonly path: Bytes;
  readonly before: TreeEntry | undefined;
  readonly after: TreeEntry | undefined;
}

/** Each path at which two trees are not the same, folders before what is in them. */
export function* differences(
  before: string | null,
  after: string | null,
  readTree: (hash: string) => Tree,
  path: Bytes = "",
): Generator<Difference> {
  if (before === after) return;
  const old = before === null ? EMPTY_TREE : readTree(before);
  const next = after === null ? EMPTY_TREE : readTree(after);
  for (const name of new Set([...old.keys(), ...next.keys()])) {
    const was = old.get(name);
    const is = next.get(name);
    const at = joinBytes(path, name);
    if (!isSame(was, is)) yield { path: at, before: was, after: is };
    yield* differences(isFolder(was) ? was.hash : null, isFolder(is) ? is.hash : null, readTree, at);
  }
}

/** Of a folder only whether it is one, and who may enter it: what is in it is told of by itself. Times don't count. */
function isSame(a: TreeEntry | undefined, b: TreeEntry | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const one = parseSeen(a);
  const other = parseSeen(b);
  return one.kind === other.kind && one.mode === other.mode && (one.kind === "folder" || a.hash === b.hash);
}
