import type { Fingerprint, RelativePath } from "@twinfold/engine";
import { DiskError, type DiskFile, type DiskThing } from "./disk-things.ts";
import type { VirtualDisk } from "./virtual-disk.ts";
import { errorAt } from "./virtual-file-errors.ts";
import { statOf } from "./virtual-stat.ts";

/** Nothing is in a folder that is not there either. */
export function lookup(disk: VirtualDisk, path: RelativePath): DiskThing | undefined {
  try {
    return disk.lookup(path);
  } catch (error) {
    if (error instanceof DiskError && (error.code === "ENOENT" || error.code === "ENOTDIR")) return undefined;
    throw error;
  }
}

/** @throws FileSystemError `changed`; DiskError */
export function expectFile(disk: VirtualDisk, path: RelativePath, expected: Fingerprint): DiskFile {
  const thing = disk.find(path);
  if (thing.kind !== "file" || statOf(thing).fingerprint !== expected) throw errorAt("changed", path);
  return thing;
}
