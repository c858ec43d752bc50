import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { area } from "@twinfold/api";
import { FilesError } from "@twinfold/workspaces";
import { z } from "zod";

/** Hours after its last byte for which an upload can still go on. */
const KEPT_HOURS = 24;
/** How often those whose time is over are looked for, in milliseconds. */
const LOOK_EVERY = 3_600_000;

const about = z.object({
  userId: z.string(),
  instanceId: z.string(),
  area,
  /** Bytes of the whole file. */
  size: z.number(),
  /** Where it was put when it had come whole; nothing is left of it here from then on. */
  written: z.object({ path: z.string(), version: z.string() }).optional(),
});
type About = z.infer<typeof about>;

/** Whose an upload is, and where its file is to be. */
export type UploadOwner = Pick<About, "userId" | "instanceId">;

export interface BegunUpload extends About {
  readonly id: string;
  /** Bytes that have come. */
  readonly offset: number;
}

const ID = /^[0-9a-f-]{36}$/;

/**
 * What has come of uploads that go on in several requests, also after the server has ended in the midst: each in a folder of its
 * own, `ID/part`, with `ID/about.json` that says whose it is. They lie apart from all files, so that no half one is ever synced.
 */
export function createUploadParts(folder: string, log: (message: string) => void) {
  const partOf = (id: string) => join(folder, id, "part");
  const aboutOf = (id: string) => join(folder, id, "about.json");

  /** Whole or not at all, whatever ends the process. */
  async function note(id: string, now: About): Promise<void> {
    await writeFile(`${aboutOf(id)}.new`, JSON.stringify(now), { flush: true, mode: 0o600 });
    await rename(`${aboutOf(id)}.new`, aboutOf(id));
  }

  async function read(id: string): Promise<(BegunUpload & { readonly isOver: boolean }) | null> {
    if (!ID.test(id)) return null;
    try {
      const known = about.parse(JSON.parse(await readFile(aboutOf(id), "utf8")));
      const { size, mtimeMs } = await stat(known.written === undefined ? partOf(id) : aboutOf(id));
      const isOver = mtimeMs < Date.now() - KEPT_HOURS * 3_600_000;
      return { id, ...known, offset: known.written === undefined ? size : known.size, isOver };
    } catch {
      // Half made, half removed, or nothing of ours.
      return null;
    }
  }

  const remove = (id: string) => rm(join(folder, id), { recursive: true, force: true });
  const all = () => readdir(folder).catch((): string[] => []);

  /** @param half whether what can't be read goes as well: half made by a process that has ended */
  async function prune(half: boolean): Promise<void> {
    for (const id of await all()) {
      const known = await read(id);
      if (known === null ? half : known.isOver) await remove(id);
    }
  }
  const pruning = setInterval(
    () => prune(false).catch((error: unknown) => log(`uploads that are over: ${error}`)),
    LOOK_EVERY,
  ).unref();

  return {
    /** Call before the first request: what was half made is cleared as well. */
    clear: () => prune(true),
    close: () => clearInterval(pruning),
    /** @returns its id */
    async begin(owner: UploadOwner & Pick<About, "area" | "size">): Promise<string> {
      const id = randomUUID();
      return onDisk(async () => {
        await mkdir(join(folder, id), { recursive: true, mode: 0o700 });
        await writeFile(partOf(id), "", { mode: 0o600 });
        await note(id, owner);
        return id;
      });
    },
    /** @returns null for one that is another's, unknown, or too old */
    async find(id: string, owner: UploadOwner): Promise<BegunUpload | null> {
      const known = await read(id);
      const isOwn = known?.userId === owner.userId && known.instanceId === owner.instanceId;
      return isOwn && !known.isOver ? known : null;
    },
    /**
     * Writes what comes behind `offset`. What has come before the stream breaks off is kept.
     * @returns how many bytes there are now. @throws FilesError `full`, `not-found`, and whatever the stream breaks off with
     */
    append: (id: string, content: AsyncIterable<Uint8Array>, offset: number) =>
      onDisk(async () => {
        // Never made anew: what was removed meanwhile stays so.
        const file = await open(partOf(id), "r+");
        let end = offset;
        try {
          for await (const chunk of content) {
            for (let done = 0; done < chunk.length; ) {
              const { bytesWritten } = await file.write(chunk, done, chunk.length - done, end);
              done += bytesWritten;
              end += bytesWritten;
            }
          }
          return end;
        } finally {
          await file.close();
        }
      }),
    content: (id: string): Readable => createReadStream(partOf(id)),
    /** It is where it belongs; that is remembered, for whoever did not hear of it. */
    async wasWritten({ id, userId, instanceId, area, size }: BegunUpload, path: string, version: string) {
      await note(id, { userId, instanceId, area, size, written: { path, version } });
      await rm(partOf(id), { force: true });
    },
    remove,
    async removeOfInstance(instanceId: string): Promise<void> {
      for (const id of await all()) if ((await read(id))?.instanceId === instanceId) await remove(id);
    },
  };
}

export type UploadParts = ReturnType<typeof createUploadParts>;

/** @throws FilesError `full` when the disk is, `not-found` when it was removed meanwhile */
async function onDisk<T>(body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new FilesError("not-found", "this upload is done, or was given up", error);
    if (code !== "ENOSPC" && code !== "EDQUOT") throw error;
    throw new FilesError(
      "full",
      "the server's disk is full: what has come is kept, try again when there is room",
      error,
    );
  }
}
