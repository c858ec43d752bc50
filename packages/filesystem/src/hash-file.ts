import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { ContentHash, LocalStat, RelativePath } from "@twinfold/engine";
import { fileSystemError } from "./errors.ts";
import { refreshAttributes } from "./native.ts";
import { CHUNK, FOR_READING } from "./reading.ts";
import type { RootWalk } from "./root-walk.ts";
import type { CreateHasher, Hasher } from "./staged-file.ts";
import { lookAt, statOf } from "./stat.ts";

const big = { bigint: true } as const;

export interface Hashed {
  readonly hash: ContentHash;
  readonly stat: LocalStat;
}

/** Of each thread its own: nothing is read while another file is. */
let buffer: Buffer | null = null;

/**
 * The hash of a file that was the same before and after, without ever letting go of the thread: a fifth of what promises
 * cost for small files. @param most bytes; a larger file is not read @throws FileSystemError `changed`; what the kernel says
 */
export function hashFile(
  walk: RootWalk,
  path: RelativePath,
  createHasher: CreateHasher,
  most = Number.POSITIVE_INFINITY,
): Hashed | "larger" {
  return walk.at(path, (name) => {
    refreshAttributes(name);
    const fd = openSync(name, FOR_READING);
    try {
      const before = fstatSync(fd, big);
      if (!before.isFile()) throw fileSystemError(path, "changed");
      const size = Number(before.size);
      if (size > most) return "larger";
      const hash = hashOf(fd, size, createHasher());
      const stat = statOf(fstatSync(fd, big));
      if (stat.fingerprint !== statOf(before).fingerprint || statOf(lookAt(name)).fingerprint !== stat.fingerprint)
        throw fileSystemError(path, "changed");
      return { hash, stat };
    } finally {
      closeSync(fd);
    }
  });
}

function hashOf(fd: number, size: number, hasher: Hasher): ContentHash {
  buffer ??= Buffer.allocUnsafeSlow(CHUNK);
  for (let at = 0; at < size; ) {
    const read = readSync(fd, buffer, 0, Math.min(CHUNK, size - at), at);
    if (read === 0) break;
    hasher.update(buffer.subarray(0, read));
    at += read;
  }
  return hasher.digest() as ContentHash;
}
