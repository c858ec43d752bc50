import { lstatSync, mkdirSync, renameSync, rmdirSync } from "node:fs";
import type { HeldFolder } from "@twinfold/filesystem";
import { moveTrees, type StateFolder, TREE_FILES } from "./trees-file.ts";

/** How many states that were moved aside are kept. */
const KEPT = 3;

const nameOf = (number: number) => `aside-${number}`;

const found = (folder: HeldFolder, name: string) => lstatSync(folder.at(name), { throwIfNoEntry: false });

/** Moves the trees into a folder in theirs; of those that were moved there before the oldest go. @throws InTheWayError */
export function moveAside(folder: HeldFolder, place: StateFolder): void {
  drop(folder, nameOf(KEPT));
  for (let number = KEPT - 1; number > 0; number--) {
    if (found(folder, nameOf(number)) !== undefined)
      renameSync(folder.at(nameOf(number)), folder.at(nameOf(number + 1)));
  }
  mkdirSync(folder.at(nameOf(1)), { mode: 0o700 });
  const aside = folder.inner(nameOf(1), false);
  try {
    moveTrees(folder, aside, place);
  } finally {
    aside.close();
  }
}

/** Of what was moved there, and nothing else: whatever more somebody has put there is not ours to delete. */
function drop(folder: HeldFolder, name: string): void {
  const there = found(folder, name);
  if (there === undefined) return;
  if (there.isSymbolicLink()) {
    folder.remove(name);
    return;
  }
  const oldest = folder.inner(name, false);
  try {
    for (const file of TREE_FILES) oldest.remove(file);
  } finally {
    oldest.close();
  }
  try {
    rmdirSync(folder.at(name));
  } catch (error) {
    throw folder.inTheWay(name, error);
  }
}
