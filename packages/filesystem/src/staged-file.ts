import { type FileHandle, open } from "node:fs/promises";
import type { ContentHash, RelativePath, StagedFile } from "@twinfold/engine";
import type { Staging } from "./staging.ts";

export interface Hasher {
  update(bytes: Uint8Array): void;
  digest(): string;
}

export type CreateHasher = () => Hasher;

/** Runs something on the disk, and throws FileSystemErrors. */
type Guard = <T>(path: RelativePath, body: () => Promise<T>) => Promise<T>;

/** A file in the staging folder, put together under `file`. */
export interface FileInStaging extends StagedFile {
  readonly file: string;
  readonly staging: Staging;
}

export function stagedFile(staging: Staging, createHasher: CreateHasher, guarded: Guard): FileInStaging {
  const file = staging.next();
  return {
    file,
    staging,
    write: (content) =>
      guarded(staging.top, async () => {
        let handle: FileHandle | null = null;
        try {
          handle = await open(file, "w", 0o666);
          const hasher = createHasher();
          let size = 0;
          for await (const chunk of content) {
            hasher.update(chunk);
            size += chunk.length;
            for (let at = 0; at < chunk.length; ) at += (await handle.write(chunk, at)).bytesWritten;
          }
          await handle.datasync();
          return { hash: hasher.digest() as ContentHash, size };
        } finally {
          await handle?.close();
        }
      }),
    discard: () => guarded(staging.top, async () => staging.discard(file)),
  };
}
