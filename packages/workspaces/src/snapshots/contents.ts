import { createHash } from "node:crypto";
import {
  chmodSync,
  constants,
  copyFileSync,
  createReadStream,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
} from "node:fs";
import { copyFile } from "node:fs/promises";
import { flush } from "./flush.ts";

const { COPYFILE_FICLONE } = constants;

/** Bytes up to which a file is copied and hashed in one go: cheaper than by turns, and no one waits long. */
const SMALL = 256 * 1024;

/** The contents of files, each kept once under its SHA-256. */
export function openContents(folder: string) {
  const incoming = `${folder}/incoming`;
  // Left by a process that was killed.
  rmSync(incoming, { recursive: true, force: true });
  mkdirSync(incoming, { recursive: true, mode: 0o700 });
  let count = 0;
  const fresh = new Set<string>();
  const place = (hash: string) => `${folder}/${hash.slice(0, 2)}/${hash.slice(2)}`;

  function makeRoom(hash: string): string {
    mkdirSync(`${folder}/${hash.slice(0, 2)}`, { recursive: true, mode: 0o700 });
    return place(hash);
  }

  return {
    /** Keeps a content that is kept elsewhere on the file system under the same hash: no bytes are copied. */
    share(hash: string, kept: string): void {
      if (existsSync(place(hash))) return;
      // Nobody writes to what is kept: as good as a copy.
      linkSync(kept, makeRoom(hash));
      fresh.add(place(hash));
    },
    /**
     * Keeps what an open file holds. Its copy is hashed, not the file: what is kept is what the hash says, whoever writes
     * meanwhile. @returns the hash
     */
    async keep(fd: number, size: number): Promise<string> {
      const source = `/proc/self/fd/${fd}`;
      const staged = `${incoming}/${++count}`;
      const small = size <= SMALL;
      try {
        if (small) copyFileSync(source, staged, COPYFILE_FICLONE);
        else await copyFile(source, staged, COPYFILE_FICLONE);
        chmodSync(staged, 0o400);
        const hash = small ? hashBytes(readFileSync(staged)) : await hashFile(staged);
        const target = place(hash);
        if (existsSync(target)) unlinkSync(staged);
        else {
          renameSync(staged, makeRoom(hash));
          fresh.add(target);
        }
        return hash;
      } catch (error) {
        rmSync(staged, { force: true });
        throw error;
      }
    },
    /** What was kept since the last time is on the disk. */
    async flush(): Promise<void> {
      const files = [...fresh];
      if (files.length > 0) await flush(files, folder);
      for (const file of files) fresh.delete(file);
    },
    /** Where a content lies, to be cloned. */
    place,
    /** Drops the contents that nothing holds any more. */
    sweep(held: ReadonlySet<string>): void {
      for (const start of readdirSync(folder)) {
        if (start.length !== 2) continue;
        for (const rest of readdirSync(`${folder}/${start}`)) {
          if (held.has(`${start}${rest}`)) continue;
          unlinkSync(`${folder}/${start}/${rest}`);
          // Kept for a snapshot that came to nothing: there is no more to be flushed.
          fresh.delete(`${folder}/${start}/${rest}`);
        }
      }
    },
  };
}

export type Contents = ReturnType<typeof openContents>;

/** What an open file holds, kept nowhere. */
export function hashOf(fd: number, size: number): Promise<string> {
  const name = `/proc/self/fd/${fd}`;
  return size <= SMALL ? Promise.resolve(hashBytes(readFileSync(name))) : hashFile(name);
}

const hashBytes = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

async function hashFile(name: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(name)) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}
