import { createContentHasher, hashOfBlocks } from "@twinfold/dropbox-rules";
import type { OpenFile } from "@twinfold/engine";
import { z } from "zod";
import { DropboxApiError, isPassing } from "./api-error.ts";
import { inParallel } from "./in-parallel.ts";
import { type KeptSession, newSession } from "./kept-sessions.ts";
import { commit, commitInfo, sourceChanged, type Upload } from "./uploads.ts";
import type { WriteParts } from "./write-parts.ts";

/** Bytes of one part of a session: a multiple of 4 MiB, as concurrent sessions ask for. */
const PART = 16 * 1024 * 1024;
/** Parts of one file under way at a time. */
const PARTS_AT_ONCE = 3;

const started = z.object({ session_id: z.string() });
const NOTHING = new Uint8Array(0);

/**
 * A large file by an upload session, committed by a small request. When that fails for reasons that pass, what has
 * arrived is kept, and the next try for the same content goes on from there.
 */
export async function uploadBySession(parts: WriteParts, upload: Upload, file: OpenFile): Promise<void> {
  const { transport, signal, kept } = parts;
  const session = kept.take(upload) ?? (await start(parts));
  let failure: unknown;
  try {
    await sendParts(parts, upload, file, session);
    const digests = [...session.arrived].sort(([a], [b]) => a - b).map(([, digest]) => digest);
    if (hashOfBlocks(Buffer.concat(digests)) !== upload.hash || !(await file.verify())) throw sourceChanged();
    const argument = {
      cursor: { session_id: session.id, offset: upload.size },
      commit: commitInfo(parts, upload),
    };
    failure = await commit(parts, upload, () =>
      transport.upload("files/upload_session/finish", argument, () => NOTHING, 0, signal),
    );
  } catch (error) {
    if (signal.aborted || isPassing(error)) kept.keep(upload, session);
    throw error;
  }
  if (failure === null) return;
  if (failure instanceof DropboxApiError && failure.status >= 500) session.refusals++;
  if (isPassing(failure)) kept.keep(upload, session);
}

async function start({ transport, pacing, signal, clock }: WriteParts): Promise<KeptSession> {
  const argument = { session_type: { ".tag": "concurrent" } };
  const answer = await pacing.persist(signal, () =>
    transport.upload("files/upload_session/start", argument, () => NOTHING, 0, signal),
  );
  return newSession(started.parse(answer).session_id, clock.monotonic());
}

/** All parts that have not arrived yet. Those under way have ended when it returns or throws. */
async function sendParts(parts: WriteParts, upload: Upload, file: OpenFile, session: KeptSession): Promise<void> {
  const { pacing } = parts;
  const offsets: number[] = [];
  for (let offset = 0; offset < upload.size; offset += PART) offsets.push(offset);
  const missing = offsets.filter((offset) => !session.arrived.has(offset));
  for (const offset of session.arrived.keys()) upload.progress?.(Math.min(PART, upload.size - offset));
  // The last part closes the session, after which no other is taken: it goes when the others have arrived.
  const last = offsets.at(-1);
  const ending = new AbortController();
  const signal = AbortSignal.any([parts.signal, ending.signal]);
  const send = async (offset: number) => {
    try {
      await pacing.transfer(signal, () =>
        pacing.persist(signal, () => appendPart({ ...parts, signal }, upload, file, session, offset)),
      );
    } catch (error) {
      ending.abort();
      throw error;
    }
  };
  await inParallel(
    missing.filter((offset) => offset !== last),
    PARTS_AT_ONCE,
    send,
  );
  await inParallel(
    missing.filter((offset) => offset === last),
    1,
    send,
  );
}

async function appendPart(
  { transport, signal }: WriteParts,
  upload: Upload,
  file: OpenFile,
  session: KeptSession,
  start: number,
): Promise<void> {
  const end = Math.min(start + PART, upload.size);
  let sent = 0;
  const hasher = createContentHasher();
  async function* body(): AsyncIterable<Uint8Array> {
    for await (const chunk of file.read(start, end)) {
      hasher.update(chunk);
      sent += chunk.length;
      upload.progress?.(chunk.length);
      yield chunk;
    }
    if (sent !== end - start) throw sourceChanged();
  }
  const argument = { cursor: { session_id: session.id, offset: start }, close: end === upload.size };
  try {
    await transport.upload("files/upload_session/append_v2", argument, body, end - start, signal);
    session.arrived.set(start, hasher.blockDigests());
  } catch (error) {
    upload.progress?.(-sent);
    const before = session.sent.get(start);
    if (error instanceof DropboxApiError && /incorrect_offset|closed/.test(error.tags) && before) {
      // An earlier try of this part did arrive, only its answer was lost: what is there is what was sent then.
      session.arrived.set(start, before);
      upload.progress?.(end - start);
      return;
    }
    if (isPassing(error) && sent === end - start) {
      const digests = hasher.blockDigests();
      session.sent.set(start, before === undefined || isSame(before, digests) ? digests : null);
    }
    throw error;
  }
}

const isSame = (a: Uint8Array | null, b: Uint8Array) => a !== null && Buffer.compare(a, b) === 0;
