import { renameSync } from "node:fs";
import type { RelativePath } from "@twinfold/engine";
import { fileSystemError } from "./errors.ts";
import { NativeError, nativeAvailable, renameExchange } from "./native.ts";
import { moveNoReplace } from "./rename.ts";
import type { Staging } from "./staging.ts";
import { contentStamp, lookAt } from "./stat.ts";

/**
 * Taking a user's file away, or another into its place: what was taken is looked at again once nobody can swap it any
 * more, and put back if it is not what was expected. So whoever writes in between loses nothing.
 */

/** Takes what is at `name` into staging if it has the expected stamp. @throws FileSystemError `changed` */
export function displace(staging: Staging, path: RelativePath, name: string, stamp: string): void {
  const file = staging.next();
  staging.announce(file, path, stamp, null);
  try {
    renameSync(name, file);
  } catch (error) {
    staging.withdraw(file);
    staging.discard(file);
    throw error;
  }
  if (stampOf(file) !== stamp) {
    moveNoReplace(file, name, path);
    staging.withdraw(file);
    staging.discard(file);
    throw fileSystemError(path, "changed");
  }
  staging.displaced(file);
}

/** The staged `file` takes the name of the one there, if that has the expected stamp. @throws FileSystemError `changed` */
export function replace(staging: Staging, file: string, path: RelativePath, name: string, stamp: string): void {
  staging.announce(file, path, stamp, stampOf(file));
  try {
    if (!nativeAvailable) throw new NativeError("renameat2", name);
    renameExchange(file, name);
  } catch (error) {
    staging.withdraw(file);
    if (!(error instanceof NativeError) || error.code !== "EINVAL") throw error;
    // A file system that can't exchange names: the old one steps aside first. For a moment the name is free.
    displace(staging, path, name, stamp);
    moveNoReplace(file, name, path);
    return;
  }
  if (stampOf(file) !== stamp) {
    renameExchange(file, name);
    staging.withdraw(file);
    throw fileSystemError(path, "changed");
  }
  staging.displaced(file);
}

function stampOf(file: string): string {
  return contentStamp(lookAt(file));
}
