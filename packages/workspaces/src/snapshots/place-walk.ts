import { closeSync } from "node:fs";
import { openBelow as openFolderBelow } from "@twinfold/filesystem";
import { asPath, type Bytes } from "./bytes.ts";

/** As `openBelow` of the file system, by names as their bytes. */
export function openBelow(root: string, names: readonly Bytes[]): number {
  return openFolderBelow(root, names.map(asPath));
}

/** `atPlace` of one root. */
export type AtPlace = <T>(path: Bytes, body: (name: string | Buffer, folder: number) => T) => T | null;

/**
 * Calls `body` with a name for a path below the root that can't lead elsewhere, and what its folder is held open by, both good
 * for the time of the call.
 * @returns null when its folder is not there, or is none
 */
export function atPlace<T>(root: string, path: Bytes, body: (name: string | Buffer, folder: number) => T): T | null {
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
    return body(asPath(`/proc/self/fd/${fd}/${last}`), fd);
  } finally {
    closeSync(fd);
  }
}
