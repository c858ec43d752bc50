import { type FolderExtent, type ReadResult, type RelativePath, RemoteError, type RemoteRead } from "@twinfold/engine";
import { z } from "zod";
import { ConnectionError, remoteErrorOf } from "./api-error.ts";
import { FILES_AT_ONCE, inParallel } from "./in-parallel.ts";
import type { Pacing } from "./pacing.ts";
import { isReceiversOwn, refusedBy } from "./received.ts";
import type { Transport } from "./transport.ts";
import { planZips } from "./zip-plan.ts";
import { type ReadParts, readFolder } from "./zip-reads.ts";

/** Milliseconds for which a download that has begun waits for Dropbox to answer again: giving up is to start from zero. */
const PATIENCE_ONCE_BEGUN = 10 * 60_000;

/** What a folder holds, at any depth; null where that is not known, or more than `most` things. */
export type ExtentOf = (folder: RelativePath, most: number) => FolderExtent | null;

const announced = z.object({ content_hash: z.string() });

/**
 * Fetches contents, several at a time, each streamed to its receiver: whole folders as zip files where that pays, the rest
 * one by one. Every key is reported once.
 */
export async function readAll(parts: ReadParts, reads: readonly RemoteRead[], extent: ExtentOf): Promise<void> {
  const { transport, pacing, report, signal } = parts;
  const { folders, single } = planZips(reads, extent);

  async function byThemselves(some: readonly RemoteRead[]): Promise<void> {
    await inParallel(some, FILES_AT_ONCE, async (read) => {
      let result: ReadResult = { key: read.key };
      try {
        await pacing.transfer(signal, () => readOne(transport, pacing, read.id, read, signal));
      } catch (error) {
        signal.throwIfAborted();
        result = { key: read.key, error: isReceiversOwn(error) ? refusedBy(error) : remoteErrorOf(error) };
      }
      report(result);
    });
  }

  await Promise.all([
    byThemselves(single),
    inParallel(folders, FILES_AT_ONCE, async (folder) => {
      await byThemselves(await pacing.transfer(signal, () => readFolder(folder, parts)));
    }),
  ]);
}

/** @param asked what Dropbox is asked for: the id of a file, for what it is now, or `rev:…` for one version of one */
export async function readOne(
  transport: Transport,
  pacing: Pacing,
  asked: string,
  read: Pick<RemoteRead, "size" | "hash" | "accept" | "progress">,
  signal: AbortSignal,
): Promise<void> {
  let received = 0;
  let broken: { readonly error: unknown } | null = null;

  /** One answer, from what was received on, with its first piece: an answer that breaks before has brought nothing. */
  async function open() {
    const download = await transport.download("files/download", { path: asked }, received, signal);
    try {
      const hash = announced.safeParse(download.metadata).data?.content_hash;
      // Gigabytes of another version are not worth fetching; half of one is not to be joined to half of another.
      if (hash !== undefined && hash !== read.hash) {
        throw new RemoteError("mismatch", "The file has changed in Dropbox meanwhile: looking again.");
      }
      const pieces = download.content[Symbol.asyncIterator]();
      return { download, pieces, first: await pieces.next() };
    } catch (error) {
      download.discard();
      throw error;
    }
  }

  /** The whole content; where the connection breaks it goes on from there. */
  async function* content(): AsyncIterable<Uint8Array> {
    for (let complete = false; !complete; ) {
      const patience = received > 0 ? { patience: PATIENCE_ONCE_BEGUN } : {};
      const { download, pieces, first } = await pacing.persist(signal, open, patience);
      try {
        let skip = received - download.start;
        for (let next = first; !next.done; next = await pieces.next()) {
          const bytes = next.value.subarray(Math.min(skip, next.value.length));
          skip -= next.value.length - bytes.length;
          received += bytes.length;
          // More than was announced is not what was asked for; nobody's disk is filled with it.
          if (received > read.size) throw new RemoteError("mismatch", "Dropbox sent more than it announced.");
          read.progress?.(bytes.length);
          if (bytes.length > 0) yield bytes;
        }
        complete = true;
      } catch (error) {
        if (!(error instanceof ConnectionError)) throw error;
      } finally {
        download.discard();
      }
    }
  }

  /** The receiver may tell a failure of ours as one of its own. */
  async function* told(): AsyncIterable<Uint8Array> {
    try {
      yield* content();
    } catch (error) {
      broken = { error };
      throw error;
    }
  }

  try {
    await read.accept(told());
  } catch (error) {
    read.progress?.(-received);
    throw broken === null ? error : (broken as { readonly error: unknown }).error;
  }
}
