import { MAXIMUM_BATCH_ENTRIES } from "@twinfold/dropbox-rules";
import type { RemoteId, RemoteWrite, Rev, WriteResult } from "@twinfold/engine";
import { DropboxApiError } from "./api-error.ts";
import { runBatch, sortResults } from "./batch-job.ts";
import { FILES_AT_ONCE, inParallel } from "./in-parallel.ts";
import { parseFileMetadata } from "./metadata.ts";
import { landedBefore, type Upload, uploadFailure } from "./uploads.ts";
import type { WriteParts } from "./write-parts.ts";

type Copy = Upload & { readonly copyOf: RemoteId };

/** So many copies cost less than their bytes, however small they are; a file of so many bytes is copied by itself. */
const WORTH_COPYING = 6;
const WORTH_A_REQUEST = 256 * 1024;

const BATCH = "files/copy_batch_v2";
const CHECK = "files/copy_batch/check_v2";

/**
 * What Dropbox has the content of already is copied there, and no byte of it sent. Dropbox is told which file to copy, not
 * which content: where that file has been edited meanwhile, what came is deleted again at once. If the answer was lost, it
 * stays, as nobody can tell whose it is, and what was to be there comes beside it.
 * @returns what is to be sent: all other uploads, and those for which the file to be copied is gone or another by now
 */
export async function copyContents(parts: WriteParts, uploads: readonly Upload[]): Promise<readonly Upload[]> {
  const alike = uploads.filter(isCopy);
  const copies = alike.length >= WORTH_COPYING ? alike : alike.filter(({ size }) => size >= WORTH_A_REQUEST);
  if (copies.length === 0) return uploads;
  const copied = new Set<Upload>(copies);
  const left: Upload[] = uploads.filter((upload) => !copied.has(upload));
  for (let start = 0; start < copies.length; start += MAXIMUM_BATCH_ENTRIES)
    left.push(...(await copySome(parts, copies.slice(start, start + MAXIMUM_BATCH_ENTRIES))));
  return left;
}

function isCopy(write: RemoteWrite): write is Copy {
  return write.kind === "upload" && write.copyOf !== undefined && write.base === null;
}

async function copySome(parts: WriteParts, copies: readonly Copy[]): Promise<readonly Upload[]> {
  const { transport, pacing, gate, signal } = parts;
  const unsent: Upload[] = [];
  const wrong: { readonly copy: Copy; readonly rev: Rev }[] = [];
  const results: WriteResult[] = [];
  // Read by nobody, but a file that has changed since it was looked at is not what was to be copied.
  const present: Copy[] = [];
  await inParallel(copies, FILES_AT_ONCE, async (copy) => {
    try {
      await (await copy.open()).close();
      present.push(copy);
    } catch (error) {
      results.push(uploadFailure(copy, error));
    }
  });
  parts.report(results.splice(0));
  let left: readonly Copy[] = present;
  let doubtful = false;

  function settle(copy: Copy, metadata: unknown): void {
    const entry = parseFileMetadata(metadata, parts.key);
    if (entry?.hash === copy.hash) {
      copy.progress?.(copy.size);
      results.push({ key: copy.key, entry });
    } else {
      if (entry !== null) wrong.push({ copy, rev: entry.rev });
      unsent.push(copy);
    }
  }

  async function refuse(copy: Copy, error: DropboxApiError): Promise<void> {
    const entry = doubtful ? await landedBefore(parts, copy) : undefined;
    if (entry !== undefined) results.push({ key: copy.key, entry });
    else if (/(^|\/)(to|insufficient_quota)(\/|$)/.test(error.tags)) results.push(uploadFailure(copy, error));
    else unsent.push(copy);
  }

  async function attempt(): Promise<void> {
    const [only] = left;
    const argument = (copy: Copy) => ({ from_path: copy.copyOf, to_path: parts.path(copy.path) });
    if (only !== undefined && left.length === 1) {
      try {
        const answer = await transport.rpc("files/copy_v2", { ...argument(only), autorename: false }, signal);
        settle(only, (answer as { metadata?: unknown } | null)?.metadata);
      } catch (error) {
        if (!(error instanceof DropboxApiError) || error.status !== 409) throw error;
        await refuse(only, error);
      }
      return;
    }
    const entries = await runBatch(parts, BATCH, CHECK, { entries: left.map(argument), autorename: false });
    const { given, refused, busy, refusal } = sortResults(BATCH, left, entries);
    for (const [copy, metadata] of given) settle(copy, metadata);
    left = busy;
    await inParallel(refused, FILES_AT_ONCE, ([copy, error]) => refuse(copy, error));
    if (refusal !== null) throw refusal;
  }

  if (left.length > 0)
    await gate.share(async () => {
      try {
        await pacing.persist(signal, attempt, {
          // Made again, it fails for those that were copied already, and they are looked at one by one.
          ambiguous: async () => {
            doubtful = true;
            return undefined;
          },
        });
      } catch (error) {
        signal.throwIfAborted();
        results.push(...left.map((copy) => uploadFailure(copy, error)));
      }
      await takeBack();
      parts.report(results);
    });
  return unsent;

  /** Before anybody reads the changes: what was copied may be a content that is to come to no other place. */
  async function takeBack(): Promise<void> {
    await inParallel(wrong, FILES_AT_ONCE, async ({ copy: { path }, rev }) => {
      const argument = { path: parts.path(path), parent_rev: rev };
      try {
        await pacing.persist(signal, () => transport.rpc("files/delete_v2", argument, signal));
      } catch {
        signal.throwIfAborted();
        // Somebody has changed it since: then it is hers, and the upload finds it there.
      }
    });
  }
}
