import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { flushFileSystem } from "@twinfold/filesystem";

/** More files than this are flushed with all else of their file system, which others may have much to write to. */
const EACH = 500;
/** Flushed at a time: file systems write many to their journal as one. */
const TOGETHER = 32;

/** What was written to these files, and which names are in the folder, is there after a power cut too. */
export async function flush(files: readonly string[], folder: string): Promise<void> {
  if (files.length > EACH && (await isFlushedWhole(folder))) return;
  for (let at = 0; at < files.length; at += TOGETHER) {
    await Promise.all(files.slice(at, at + TOGETHER).map((file) => withFile(file, (handle) => handle.sync())));
  }
  await withFile(folder, (handle) => handle.sync());
}

/** @returns false where that can't be asked for, or something else of the file system could not be written */
function isFlushedWhole(folder: string): Promise<boolean> {
  return withFile(folder, ({ fd }) => flushFileSystem(fd)).then(
    () => true,
    () => false,
  );
}

async function withFile(file: string, body: (handle: FileHandle) => Promise<void>): Promise<void> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    await body(handle);
  } finally {
    await handle.close();
  }
}
