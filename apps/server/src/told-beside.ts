import type { Activity } from "@twinfold/engine";

/** What is done within so many milliseconds is told together: a first download brings thousands of files. */
const GATHERED = 100;

/**
 * What a session does on disk is for the others of its instance to look at: they share the files, and do not have to wait
 * for what the kernel tells them. @returns to be given what the session does
 */
export function tellingBeside(tell: (paths: readonly string[]) => void): (activity: Activity) => void {
  let paths = new Set<string>();
  return ({ side, path, from }) => {
    if (side !== "local") return;
    if (paths.size === 0) {
      setTimeout(() => {
        tell([...paths]);
        paths = new Set();
      }, GATHERED);
    }
    paths.add(path);
    if (from !== undefined) paths.add(from);
  };
}
