import { closeSync, constants, lstatSync, openSync } from "node:fs";
import { asPath, type Bytes } from "./bytes.ts";

const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants;

/**
 * Opens a folder below the root by the folders on the way to it, one in the other, so that no link is followed, whoever puts
 * one there meanwhile (openat(2), through proc(5)'s names of descriptors). To be closed by the caller.
 * @throws what opening a folder throws; `ELOOP` for a link
 */
export function openBelow(root: string, names: readonly Bytes[]): number {
  let fd = openSync(root, O_RDONLY | O_DIRECTORY);
  for (const name of names) {
    const outer = fd;
    const full = asPath(`/proc/self/fd/${outer}/${name}`);
    try {
      fd = openSync(full, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    } catch (error) {
      // Of a link the kernel says that it is no folder.
      const isLink = lstatSync(full, { throwIfNoEntry: false })?.isSymbolicLink() === true;
      throw isLink ? Object.assign(new Error("a symbolic link", { cause: error }), { code: "ELOOP" }) : error;
    } finally {
      closeSync(outer);
    }
  }
  return fd;
}

/**
 * Calls `body` with a name for a path below the root that can't lead elsewhere, good for the time of the call.
 * @returns null when its folder is not there, or is none
 */
export function atPlace<T>(root: string, path: Bytes, body: (name: string | Buffer) => T): T | null {
  const names = path.split("/");
  const last = names.pop() ?? "";
  let fd: number;
  try {
    fd = openBelow(root, names);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP") return null;
    throw error;
  }
  try {
    return body(asPath(`/proc/self/fd/${fd}/${last}`));
  } finally {
    closeSync(fd);
  }
}
