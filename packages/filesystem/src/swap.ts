import { type BigIntStats, closeSync, constants, fchmodSync, fstatSync, openSync, renameSync } from "node:fs";
import type { RelativePath } from "@twinfold/engine";
import { fileSystemError } from "./errors.ts";
import { renameExchange } from "./native.ts";
import { exchangeNames, moveNoReplace, renameIfFree } from "./rename.ts";
import type { FileInStaging } from "./staged-file.ts";
import type { Staging } from "./staging.ts";
import { contentStamp, lookAt } from "./stat.ts";

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/**
 * Taking a user's file away, or another into its place: what was taken is looked at again once nobody can swap it any
 * more, and put back if it is not what was expected. So whoever writes in between loses nothing.
 */

/** Takes what is at `name` into staging if it has the expected stamp. @throws FileSystemError `changed` */
export function displace(staging: Staging, path: RelativePath, name: string, stamp: string): void {
  const file = staging.next();
  file.at((aside) => {
    try {
      staging.announce(file, path, stamp, null);
      renameSync(name, aside);
    } catch (error) {
      staging.withdraw(file);
      staging.discard(file);
      throw error;
    }
    if (stampOf(aside) !== stamp) {
      if (renameIfFree(aside, name)) {
        staging.withdraw(file);
        staging.discard(file);
        // Somebody else has the name by now: it is brought back beside that.
      } else staging.displaced(file);
      throw fileSystemError(path, "changed");
    }
    staging.displaced(file);
  });
}

/** What is at a name after a staged file has got it; `asStaged`: nobody has written to it since. */
export interface Landed {
  readonly stats: BigIntStats;
  readonly asStaged: boolean;
}

/** The staged file takes a name that is free. @throws FileSystemError `exists`, `changed` */
export function putNew(staged: FileInStaging, path: RelativePath, name: string): Landed {
  const stagedStamp = staged.file.at((own) => {
    const stamp = stampOf(own);
    moveNoReplace(own, name, path);
    return stamp;
  });
  staged.file.isFree = true;
  return landed(staged, path, name, stagedStamp);
}

/**
 * The staged file takes the name, and the mode, of the one there, if that is still as it was seen.
 * @throws FileSystemError `changed`
 */
export function replace(staged: FileInStaging, path: RelativePath, name: string, seen: BigIntStats): Landed {
  const { file, staging } = staged;
  const stamp = contentStamp(seen);
  return file.at((own) => {
    const stagedStamp = takeMode(staged, path, own, Number(seen.mode) & 0o7777);
    let exchanged = false;
    try {
      staging.announce(file, path, stamp, stagedStamp);
      exchanged = exchangeNames(own, name);
    } finally {
      if (!exchanged) staging.withdraw(file);
    }
    if (!exchanged) {
      // A file system that can't: the old one steps aside first. For a moment the name is free.
      displace(staging, path, name, stamp);
      return putNew(staged, path, name);
    }
    if (stampOf(own) !== stamp) {
      renameExchange(own, name);
      // What somebody has put there meanwhile is brought back beside it.
      if (staged.isIt(lookAt(own))) staging.withdraw(file);
      else staging.displaced(file);
      throw fileSystemError(path, "changed");
    }
    staging.displaced(file);
    return landed(staged, path, name, stagedStamp);
  });
}

/** By its name another could get the mode, or what a link leads to. @returns its stamp */
function takeMode(staged: FileInStaging, path: RelativePath, own: string, mode: number): string {
  const fd = openSync(own, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const stats = fstatSync(fd, { bigint: true });
    if (!staged.isIt(stats)) throw fileSystemError(path, "changed");
    if ((Number(stats.mode) & 0o7777) !== mode) fchmodSync(fd, mode);
    return contentStamp(stats);
  } finally {
    closeSync(fd);
  }
}

/** It may be another by now: of somebody who was faster, or of one who has put it in staging in its place. */
function landed(staged: FileInStaging, path: RelativePath, name: string, stagedStamp: string): Landed {
  const stats = lookAt(name);
  if (!staged.isIt(stats)) throw fileSystemError(path, "changed");
  return { stats, asStaged: contentStamp(stats) === stagedStamp };
}

function stampOf(file: string): string {
  return contentStamp(lookAt(file));
}
