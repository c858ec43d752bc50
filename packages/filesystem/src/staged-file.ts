import { type BigIntStats, close, constants, fdatasync, fstatSync, open, write } from "node:fs";
import { promisify } from "node:util";
import type { ContentHash, LocalIdentity, StagedFile } from "@twinfold/engine";
import type { StagedName } from "./staged-name.ts";
import type { Staging } from "./staging.ts";
import { identityOf } from "./stat.ts";

const { O_CREAT, O_EXCL, O_WRONLY } = constants;
const openFile = promisify(open);
const writeTo = promisify(write);
const makeDurable = promisify(fdatasync);
const closeFile = promisify(close);

export interface Hasher {
  update(bytes: Uint8Array): void;
  digest(): string;
}

export type CreateHasher = () => Hasher;

/** Runs something on the disk, and throws FileSystemErrors. */
type Guard = <T>(body: () => Promise<T>) => Promise<T>;

/** A file in the staging folder, put together under `file`. */
export interface FileInStaging extends StagedFile {
  readonly file: StagedName;
  readonly staging: Staging;
  /** Whether it is this file, and not one that somebody has put at its name. */
  isIt(stats: BigIntStats): boolean;
}

export function stagedFile(staging: Staging, createHasher: CreateHasher, guarded: Guard): FileInStaging {
  const file = staging.next();
  let written: LocalIdentity | null = null;
  return {
    file,
    staging,
    isIt: (stats) => stats.isFile() && identityOf(stats) === written,
    write: (content) =>
      guarded(async () => {
        const fd = await create(file);
        try {
          written = identityOf(fstatSync(fd, { bigint: true }));
          const hasher = createHasher();
          let size = 0;
          for await (const chunk of content) {
            hasher.update(chunk);
            size += chunk.length;
            for (let at = 0; at < chunk.length; ) at += (await writeTo(fd, chunk, at)).bytesWritten;
          }
          await makeDurable(fd);
          return { hash: hasher.digest() as ContentHash, size };
        } finally {
          await closeFile(fd);
        }
      }),
    discard: () => guarded(async () => staging.discard(file)),
  };
}

/**
 * Made anew, whatever has its name: nothing is written through a link. Not in one step: while another file is being made
 * durable, a file system lets who makes a new one wait.
 */
function create(file: StagedName): Promise<number> {
  const make = (path: string) => openFile(path, O_WRONLY | O_CREAT | O_EXCL, 0o666);
  return file.during(async (folder) => {
    try {
      return await make(folder.at(file.name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      folder.remove(file.name);
      return make(folder.at(file.name));
    }
  });
}
