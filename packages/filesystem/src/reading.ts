import { closeSync, constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { baseName, type Fingerprint, type OpenFile, parentPath, type RelativePath } from "@twinfold/engine";
import { fileSystemError } from "./errors.ts";
import { refreshAttributes } from "./native.ts";
import type { RootWalk } from "./root-walk.ts";
import { isFileAs, lookAt, statOf } from "./stat.ts";

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
/** How a file is opened: never through a link, and without waiting, so that a pipe put in its place can't hold us. */
export const FOR_READING = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
/** Bytes read at a time. */
export const CHUNK = 1024 * 1024;

const big = { bigint: true } as const;

/** Opens a file if it is still the one with this fingerprint. @throws FileSystemError `changed` */
export async function openFile(walk: RootWalk, path: RelativePath, expected: Fingerprint): Promise<OpenFile> {
  const handle = await openForReading(walk, path);
  const stats = await handle.stat(big);
  if (!isFileAs(stats, expected)) {
    await handle.close();
    throw fileSystemError(path, "changed");
  }
  return {
    size: Number(stats.size),
    read: (start, end) => readRange(handle, start, end),
    async verify() {
      try {
        walk.check();
        return statOf(await handle.stat(big)).fingerprint === expected && fingerprintAt(walk, path) === expected;
      } catch {
        return false;
      }
    },
    close: () => handle.close(),
  };
}

function fingerprintAt(walk: RootWalk, path: RelativePath): Fingerprint {
  return walk.at(path, (name) => statOf(lookAt(name)).fingerprint);
}

async function openForReading(walk: RootWalk, path: RelativePath): Promise<FileHandle> {
  const folder = walk.openFolder(parentPath(path));
  try {
    const name = `/proc/self/fd/${folder}/${baseName(path)}`;
    refreshAttributes(name);
    return await open(name, FOR_READING);
  } finally {
    closeSync(folder);
  }
}

async function* readRange(handle: FileHandle, start: number, end: number): AsyncIterable<Uint8Array> {
  for (let at = start; at < end; ) {
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK, end - at));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
