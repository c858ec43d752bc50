import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { baseName, type Fingerprint, type OpenFile, parentPath, type RelativePath } from "@twinfold/engine";
import { fileSystemError } from "./errors.ts";
import { refreshAttributes } from "./native.ts";
import type { RootWalk } from "./root-walk.ts";
import { deviceAndSizeOf, isFileAs, lookAt, statOf } from "./stat.ts";

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
/** How a file is opened: never through a link, and without waiting, so that a pipe put in its place can't hold us. */
export const FOR_READING = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
/** Bytes read at a time. */
export const CHUNK = 1024 * 1024;
/** Bytes: a file no larger than this is read as it is opened, where the disk is near: promises cost more than that. */
const SMALL = 64 * 1024;

const big = { bigint: true } as const;

/**
 * Opens a file if it is still the one with this fingerprint. @param isFar whether what is read of this device may have to
 * come over a network @throws FileSystemError `changed`
 */
export async function openFile(
  walk: RootWalk,
  path: RelativePath,
  expected: Fingerprint,
  isFar: (device: bigint) => boolean,
): Promise<OpenFile> {
  const { device, size } = deviceAndSizeOf(expected);
  return size <= SMALL && !isFar(device) ? readAtOnce(walk, path, expected) : openForLater(walk, path, expected);
}

function readAtOnce(walk: RootWalk, path: RelativePath, expected: Fingerprint): OpenFile {
  return walk.at(path, (name) => {
    refreshAttributes(name);
    const fd = openSync(name, FOR_READING);
    try {
      const stats = fstatSync(fd, big);
      if (!isFileAs(stats, expected)) throw fileSystemError(path, "changed");
      const size = Number(stats.size);
      const content = readFileSync(fd).subarray(0, size);
      return {
        size,
        async *read(start, end) {
          if (start < Math.min(end, content.length)) yield content.subarray(start, end);
        },
        verify: async () => isThere(walk, path, expected),
        async close() {},
      };
    } finally {
      closeSync(fd);
    }
  });
}

async function openForLater(walk: RootWalk, path: RelativePath, expected: Fingerprint): Promise<OpenFile> {
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
      const now = await handle.stat(big).catch(() => null);
      return now !== null && isFileAs(now, expected) && isThere(walk, path, expected);
    },
    close: () => handle.close(),
  };
}

/** Whether the path leads to a file with this fingerprint, and can be looked at. */
function isThere(walk: RootWalk, path: RelativePath, expected: Fingerprint): boolean {
  try {
    walk.check();
    return walk.at(path, (name) => statOf(lookAt(name)).fingerprint) === expected;
  } catch {
    return false;
  }
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
