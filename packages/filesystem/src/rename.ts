import type { RelativePath } from "@twinfold/engine";
import { fileSystemError } from "./errors.ts";
import { isNotOffered, NativeError, nativeAvailable, renameExchange, renameNoReplace } from "./native.ts";
import { renameBySteps } from "./rename-by-steps.ts";

/** Renames to a name that must be free. @throws FileSystemError `exists` */
export function moveNoReplace(from: string, to: string, path: RelativePath): void {
  if (!renameIfFree(from, to)) throw fileSystemError(path, "exists");
}

/** Renames if nothing has the new name. @returns whether it did. @throws what the kernel says of anything else */
export function renameIfFree(from: string, to: string): boolean {
  if (nativeAvailable) {
    try {
      renameNoReplace(from, to);
      return true;
    } catch (error) {
      if (error instanceof NativeError && error.code === "EEXIST") return false;
      if (!isNotOffered(error)) throw error;
    }
  }
  return renameBySteps(from, to);
}

/** Two names change what they stand for, at once. @returns false where the file system can't. @throws what the kernel says */
export function exchangeNames(a: string | Buffer, b: string | Buffer): boolean {
  if (!nativeAvailable) return false;
  try {
    renameExchange(a, b);
    return true;
  } catch (error) {
    if (!isNotOffered(error)) throw error;
    return false;
  }
}
