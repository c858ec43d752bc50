import { baseName, joinPath, parentPath, type RelativePath } from "@twinfold/engine";
import { moveNoReplace } from "./rename.ts";
import type { RootWalk } from "./root-walk.ts";

/**
 * Puts a file that may hold a person's work beside the path that it had, or at the top of its file system, under a name that
 * says so.
 * @returns whether it could be put anywhere
 */
export function bringBack(walk: RootWalk, file: string, path: RelativePath, top: RelativePath): boolean {
  const day = new Date().toISOString().slice(0, 10);
  const name = baseName(path);
  const dot = name.lastIndexOf(".") > 0 ? name.lastIndexOf(".") : name.length;
  for (let count = 1; count < 1000; count++) {
    const suffix = ` (recovered ${day}${count > 1 ? ` ${count}` : ""})`;
    const beside = joinPath(parentPath(path), `${name.slice(0, dot)}${suffix}${name.slice(dot)}`);
    for (const target of [beside, joinPath(top, baseName(beside))]) {
      try {
        walk.at(target, (to) => moveNoReplace(file, to, target));
        return true;
      } catch {
        // Taken, or its folder is gone: the next name, or the top.
      }
    }
  }
  return false;
}
