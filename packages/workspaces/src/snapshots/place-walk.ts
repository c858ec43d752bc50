import { closeSync, constants, openSync } from "node:fs";
import { asPath, type Bytes } from "./bytes.ts";

const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants;

/**
 * Calls `body` with a name for a path below the root that can't lead elsewhere, good for the time of the call: its folders
 * are opened one in the other, and no link is followed. @returns null when its folder is not there, or is none
 */
export function atPlace<T>(root: string, path: Bytes, body: (name: string | Buffer) => T): T | null {
  const names = path.split("/");
  const last = names.pop() ?? "";
  let fd = openSync(root, O_RDONLY | O_DIRECTORY);
  try {
    for (const name of names) {
      let inner: number;
      try {
        inner = openSync(asPath(`/proc/self/fd/${fd}/${name}`), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP") return null;
        throw error;
      }
      closeSync(fd);
      fd = inner;
    }
    return body(asPath(`/proc/self/fd/${fd}/${last}`));
  } finally {
    closeSync(fd);
  }
}
