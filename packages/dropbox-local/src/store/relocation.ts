import { freePath } from "./autorename.ts";
import type { Entry } from "./entries.ts";
import { RelocationFailure, WriteFailure } from "./failures.ts";
import { type FullPath, nameOf } from "./paths.ts";
import type { Tree } from "./tree.ts";

export interface RelocationOptions {
  readonly autorename: boolean;
  /**
   * What becomes of a move that changes only the case of the name. The API does not support it (specification, move_v2) and
   * answers with the name as it was (reported of it in public issues); Dropbox's own pages do rename.
   */
  readonly caseOnly: "keep-name" | "rename";
}

/** Moves a file or a whole folder, which keeps its id; files get new revs. @throws RelocationFailure */
export function move(tree: Tree, from: Entry, to: FullPath, options: RelocationOptions): Entry {
  if (to.key === from.key) {
    if (to.display === from.display) throw new RelocationFailure("duplicated_or_nested_paths");
    // The folders above keep their spelling, however the caller spelled them: only the name was to be changed.
    return options.caseOnly === "rename" ? tree.recase(from, nameOf(to.display)) : from;
  }
  if (to.key.startsWith(`${from.key}/`)) throw new RelocationFailure("cant_move_folder_into_itself");
  const target = targetOf(tree, { ...to, ns: from.ns }, options.autorename);
  const inside = insideOf(tree, from);
  return asRelocation(() => {
    // The old place goes first, so that the log tells of it first.
    tree.bury(from);
    const moved = tree.place(from.ns, target, from);
    for (const entry of inside) tree.place(from.ns, under(moved, from, entry), entry);
    return moved;
  });
}

/** A path in one account's tree. */
export interface Place extends FullPath {
  readonly ns: number;
}

/**
 * Copies a file or a whole folder, also from one account to another; everything copied has an id of its own.
 * @throws RelocationFailure
 */
export function copy(tree: Tree, from: Entry, to: Place, options: { readonly autorename: boolean }): Entry {
  const { ns } = to;
  if (ns === from.ns && to.key.startsWith(`${from.key}/`)) throw new RelocationFailure("duplicated_or_nested_paths");
  const target = targetOf(tree, to, options.autorename);
  const inside = insideOf(tree, from);
  return asRelocation(() => {
    const bytes = inside.reduce((sum, entry) => sum + entry.size, from.size);
    tree.claimSpace(ns, bytes);
    const copied = tree.place(ns, target, { ...from, id: tree.states.newId(ns) });
    for (const entry of inside) tree.place(ns, under(copied, from, entry), { ...entry, id: tree.states.newId(ns) });
    return copied;
  });
}

function targetOf(tree: Tree, to: Place, autorename: boolean): FullPath {
  const there = tree.entries.alive(to.ns, to.key);
  if (there === undefined) return to;
  if (!autorename) throw new RelocationFailure({ to: { conflict: there.folder ? "folder" : "file" } });
  return freePath(to, "number", (key) => tree.entries.alive(to.ns, key) !== undefined);
}

function insideOf(tree: Tree, from: Entry): Entry[] {
  if (!from.folder) return [];
  if (tree.isTooLarge(from)) throw new RelocationFailure("too_many_files");
  return tree.entries.below(from.ns, from.key);
}

/** Where an entry inside the old folder comes to be inside the new one. */
function under(folder: Entry, old: Entry, entry: Entry): FullPath {
  return {
    key: folder.key + entry.key.slice(old.key.length),
    display: folder.display + entry.display.slice(old.display.length),
  };
}

function asRelocation<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof WriteFailure)) throw error;
    if (error.reason === "insufficient_space") throw new RelocationFailure("insufficient_quota");
    throw new RelocationFailure({ to: error.reason });
  }
}
