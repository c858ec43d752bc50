import type { Bytes } from "./bytes.ts";
import type { Difference } from "./difference.ts";
import { isFolder, parseSeen } from "./tree.ts";

/** A file or link that leaves its place. */
export interface Take {
  readonly path: Bytes;
  /** The name it has in the restore's own folder from then on. */
  readonly staged: string;
  readonly inode: number;
  readonly size: number;
  readonly mtimeMs: number;
}

/** A file or link that comes to its place. */
export interface Put {
  readonly path: Bytes;
  readonly staged: string;
  /** It is one that was taken elsewhere: moved, with its identity, so that Dropbox is told of a move. */
  readonly moved: boolean;
  readonly kind: "file" | "link";
  /** Of the content; of a link, where it leads, in hexadecimal digits. */
  readonly hash: string;
  readonly mode: number;
  readonly mtimeMs: number;
}

export interface RestorePlan {
  readonly takes: readonly Take[];
  /** The innermost first. */
  readonly removedFolders: readonly Bytes[];
  /** The outermost first. */
  readonly newFolders: readonly Bytes[];
  readonly puts: readonly Put[];
  /** At the end, the innermost first: a folder may be one that nobody may write into. */
  readonly modes: readonly { readonly path: Bytes; readonly mode: number }[];
}

/** What makes the files that are into those that were. */
export function planRestore(found: Iterable<Difference>): RestorePlan {
  const takes: Take[] = [];
  const puts: Omit<Put, "staged" | "moved">[] = [];
  const removedFolders: Bytes[] = [];
  const newFolders: Bytes[] = [];
  const modes: { path: Bytes; mode: number }[] = [];
  const byHash = new Map<string, Take[]>();
  for (const { path, before, after } of found) {
    const was = before && parseSeen(before);
    const is = after && parseSeen(after);
    if (was !== undefined && was.kind === is?.kind && (was.kind === "folder" || before?.hash === after?.hash)) {
      modes.unshift({ path, mode: is.mode });
      continue;
    }
    if (isFolder(before)) removedFolders.unshift(path);
    else if (before !== undefined && was !== undefined) {
      const { inode, size, mtimeMs } = was;
      const take = { path, staged: `old-${takes.length}`, inode, size, mtimeMs };
      takes.push(take);
      if (was.kind === "file") byHash.set(before.hash, [...(byHash.get(before.hash) ?? []), take]);
    }
    if (isFolder(after) && is !== undefined) {
      newFolders.push(path);
      modes.unshift({ path, mode: is.mode });
    } else if (after !== undefined && is !== undefined) {
      const { mode, mtimeMs } = is;
      puts.push({ path, kind: is.kind === "link" ? "link" : "file", hash: after.hash, mode, mtimeMs });
    }
  }
  const staged = puts.map((put, at): Put => {
    const moved = put.kind === "file" ? byHash.get(put.hash)?.pop() : undefined;
    return { ...put, staged: moved?.staged ?? `new-${at}`, moved: moved !== undefined };
  });
  return { takes, removedFolders, newFolders, puts: staged, modes };
}
