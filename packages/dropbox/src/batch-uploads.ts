import { contentHash, createContentHasher, headerSafeJson } from "@twinfold/dropbox-rules";
import { type OpenFile, RemoteError, type WriteResult } from "@twinfold/engine";
import { z } from "zod";
import { ConnectionError, DropboxApiError, isPassing, remoteErrorOf } from "./api-error.ts";
import { batchResult, sortResults } from "./batch-job.ts";
import type { BatchRamp } from "./batch-ramp.ts";
import { FILES_AT_ONCE, inParallel } from "./in-parallel.ts";
import { type KeptSession, newSession } from "./kept-sessions.ts";
import { commitInfo, committed, landedBefore, sourceChanged, type Upload, uploadFailure } from "./uploads.ts";
import type { WriteParts } from "./write-parts.ts";

/** Fewer files than this go one by one: a batch is three requests. */
export const WORTH_A_BATCH = 6;
/** The most bytes that are committed by one finish_batch_v2. */
const MOST_BYTES = 64 * 1024 * 1024;
/** The most bytes of one append_batch. */
const MOST_APPENDED = 16 * 1024 * 1024;
/** Bytes of append_batch's argument without its entries. */
const ENVELOPE = headerSafeJson({ entries: [], content_hash: contentHash(new Uint8Array(0)) }).length;

const APPEND = "files/upload_session/append_batch";
const FINISH = "files/upload_session/finish_batch_v2";

const sessionIds = z.object({ session_ids: z.array(z.string().min(1)) });
const entries = z.object({ entries: z.array(z.unknown()) });

/** One file of a batch, and how far it has come. */
interface Piece {
  readonly upload: Upload;
  readonly session: KeptSession;
  failed?: WriteResult;
}

/** So many batches are sent at a time: the files of one are read while the bytes of the other are on their way. */
const SENT_AT_ONCE = 2;

/**
 * Many small files: start_batch, a few append_batch, finish_batch_v2. One batch of the account is committed at a time, since
 * there is one lock; the next are sent, and the results of the last are written down meanwhile. Reports each file's result.
 */
export async function uploadMany(parts: WriteParts, uploads: readonly Upload[]): Promise<void> {
  const sending: Promise<unknown>[] = [];
  const committing: Promise<void>[] = [];
  try {
    for (const batch of batchesOf(uploads, parts.ramp)) {
      if (sending.length === SENT_AT_ONCE) await sending.shift();
      // What was sent long before it is committed may be old by then.
      if (committing.length > SENT_AT_ONCE) await committing.shift();
      const sent = sendBatch(parts, batch);
      const committed = sent.then((pieces) => finish(parts, pieces));
      sending.push(sent);
      committing.push(committed);
      // What goes wrong is told where it is waited for.
      for (const one of [sent, committed]) one.catch(() => undefined);
    }
  } finally {
    await Promise.all(committing);
  }
}

function* batchesOf(uploads: readonly Upload[], ramp: BatchRamp): Generator<readonly Upload[]> {
  for (let start = 0; start < uploads.length; ) {
    const most = ramp.next();
    let bytes = 0;
    let end = start;
    while (end < uploads.length && end - start < most) {
      bytes += uploads[end]?.size ?? 0;
      if (end > start && bytes > MOST_BYTES) break;
      end++;
    }
    yield uploads.slice(start, end);
    start = end;
  }
}

/** @returns what has arrived, and is only to be committed */
async function sendBatch(parts: WriteParts, uploads: readonly Upload[]): Promise<readonly Piece[]> {
  let pieces: readonly Piece[] = [];
  try {
    pieces = await sessionsFor(parts, uploads);
    await append(
      parts,
      pieces.filter((piece) => !hasArrived(piece)),
    );
  } catch (error) {
    keepArrived(parts, pieces);
    parts.signal.throwIfAborted();
    if (error instanceof DropboxApiError && !isPassing(error)) parts.budget.forget();
    parts.report(uploads.map((upload) => uploadFailure(upload, error)));
    return [];
  }
  parts.report(pieces.flatMap((piece) => piece.failed ?? []));
  return pieces.filter((piece) => piece.failed === undefined);
}

/** A session for each: one that holds the content from an earlier try, or a new one. */
async function sessionsFor(parts: WriteParts, uploads: readonly Upload[]): Promise<readonly Piece[]> {
  const { transport, pacing, signal, clock, kept } = parts;
  const earlier = uploads.map((upload) => kept.take(upload));
  const wanted = earlier.filter((session) => session === null).length;
  let ids: string[] = [];
  if (wanted > 0) {
    const argument = { num_sessions: wanted, session_type: { ".tag": "sequential" } };
    const answer = await pacing.persist(signal, () =>
      transport.rpc("files/upload_session/start_batch", argument, signal),
    );
    ids = sessionIds.parse(answer).session_ids;
    if (ids.length < wanted)
      throw new RemoteError("offline", "Dropbox's answer is not understood: trying again later.");
  }
  const fresh = ids.values();
  return uploads.map((upload, index) => ({
    upload,
    session: earlier[index] ?? newSession(fresh.next().value ?? "", clock.monotonic()),
  }));
}

function hasArrived({ session }: Piece): boolean {
  return session.arrived.has(0);
}

function keepArrived({ kept }: WriteParts, pieces: readonly Piece[]): void {
  for (const piece of pieces)
    if (hasArrived(piece) && piece.failed === undefined) kept.keep(piece.upload, piece.session);
}

async function append(parts: WriteParts, pieces: readonly Piece[]): Promise<void> {
  const groups: (readonly Piece[])[] = [];
  for (let start = 0; start < pieces.length; ) {
    let end = start;
    let argument = ENVELOPE;
    let bytes = 0;
    for (const piece of pieces.slice(start)) {
      argument += headerSafeJson(appendEntry(piece)).length + 1;
      bytes += piece.upload.size;
      if (end > start && (argument > parts.budget.bytes() || bytes > MOST_APPENDED)) break;
      end++;
    }
    groups.push(pieces.slice(start, end));
    start = end;
  }
  await inParallel(groups, groups.length, (group) => appendGroup(parts, group));
}

function appendEntry({ session, upload }: Piece) {
  return { cursor: { session_id: session.id, offset: 0 }, length: upload.size, close: true };
}

async function appendGroup(parts: WriteParts, group: readonly Piece[]): Promise<void> {
  const fits = await parts.pacing.transfer(parts.signal, () => sendGroup(parts, group));
  if (!fits) await append(parts, group);
}

/** @returns false when its argument seems to be too long for what stands before Dropbox: nothing has arrived */
async function sendGroup(parts: WriteParts, group: readonly Piece[]): Promise<boolean> {
  const { signal, budget } = parts;
  const bytes = new Map<Piece, Uint8Array>();
  await inParallel(group, FILES_AT_ONCE, async (piece) => {
    bytes.set(piece, await readPiece(piece));
  });
  const body = Buffer.concat(group.map((piece) => bytes.get(piece) ?? new Uint8Array(0)));
  const argument = { entries: group.map(appendEntry), content_hash: contentHash(body) };
  const used = headerSafeJson(argument).length;
  let results: readonly unknown[];
  try {
    results = entries.parse(await appendBody(parts, argument, body, used)).entries;
  } catch (error) {
    signal.throwIfAborted();
    if (group.length > 1 && speaksOfLength(error, budget.isProven(used)) && budget.tooLong(used)) return false;
    if (error instanceof ConnectionError) budget.doubt();
    throw error;
  }
  budget.arrived(used);
  for (const [index, piece] of group.entries()) {
    const result = batchResult(APPEND, results[index]);
    // A second try of the same bytes finds the session closed or further on: they are there.
    const landed = !("error" in result) || /closed|incorrect_offset/.test(result.error.tags);
    if (landed) piece.session.arrived.set(0, new Uint8Array(0));
    else piece.failed ??= uploadFailure(piece.upload, result.error);
    piece.upload.progress?.(piece.upload.size);
  }
  return true;
}

/**
 * A cut connection may be all that something which bounds headers has to say. It is taken for that when an argument
 * longer than any that has arrived is cut twice while Dropbox answers others.
 */
async function appendBody(parts: WriteParts, argument: unknown, body: Uint8Array, used: number): Promise<unknown> {
  const { transport, pacing, signal, budget } = parts;
  const send = () => transport.upload(APPEND, argument, () => body, body.length, signal);
  if (budget.isProven(used)) return pacing.persist(signal, send);
  try {
    return await pacing.persist(signal, send, { patience: 0 });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ConnectionError)) throw error;
    await untilReachable(parts);
    return await pacing.persist(signal, send, { patience: 0 });
  }
}

/** @throws RemoteError `offline` */
async function untilReachable({ transport, pacing, signal }: WriteParts): Promise<void> {
  try {
    await pacing.persist(signal, () => transport.rpc("check/user", { query: "" }, signal));
  } catch (error) {
    signal.throwIfAborted();
    // Whatever was answered, there was an answer.
    if (error instanceof ConnectionError) throw remoteErrorOf(error);
  }
}

/** What an argument too long for a header looks like, from whatever stands in between. */
function speaksOfLength(error: unknown, proven: boolean): boolean {
  if (error instanceof ConnectionError) return !proven;
  return error instanceof DropboxApiError && [400, 413, 431].includes(error.status);
}

/** A small file's bytes, of the announced length whatever happened to the file; whether they are right is noted. */
async function readPiece(piece: Piece): Promise<Uint8Array> {
  const { upload } = piece;
  const bytes = Buffer.alloc(upload.size);
  let file: OpenFile | null = null;
  try {
    file = await upload.open();
    const hasher = createContentHasher();
    let at = 0;
    for await (const chunk of file.read(0, upload.size)) {
      bytes.set(chunk, at);
      hasher.update(chunk);
      at += chunk.length;
    }
    if (hasher.digest() !== upload.hash || !(await file.verify())) throw sourceChanged();
  } catch (error) {
    piece.failed = uploadFailure(upload, error);
  } finally {
    await file?.close();
  }
  return bytes;
}

async function finish(parts: WriteParts, pieces: readonly Piece[]): Promise<void> {
  if (pieces.length === 0) return;
  await parts.gate.share(async () => {
    const results = await parts.batchCommits.run(() => commitAll(parts, pieces));
    // The next batch's commit is under way before these results are written down.
    await parts.clock.sleep(0);
    parts.report(results);
  });
}

async function commitAll(parts: WriteParts, pieces: readonly Piece[]): Promise<readonly WriteResult[]> {
  const { transport, pacing, signal } = parts;
  const results: WriteResult[] = [];
  let left = pieces;
  let doubtful = false;

  async function settle({ upload }: Piece, error: DropboxApiError): Promise<void> {
    const entry = doubtful ? await landedBefore(parts, upload) : undefined;
    results.push(entry === undefined ? uploadFailure(upload, error) : { key: upload.key, entry });
  }

  async function attempt(): Promise<void> {
    const argument = {
      entries: left.map(({ session, upload }) => ({
        cursor: { session_id: session.id, offset: upload.size },
        commit: commitInfo(parts, upload),
      })),
    };
    const answer = entries.parse(await transport.rpc(FINISH, argument, signal));
    const { given, refused, busy, refusal } = sortResults(FINISH, left, answer.entries);
    for (const [{ upload }, metadata] of given) results.push(committed(parts, upload, metadata));
    left = busy;
    await inParallel(refused, FILES_AT_ONCE, ([piece, error]) => settle(piece, error));
    if (refusal !== null) throw refusal;
  }

  try {
    await pacing.persist(signal, attempt, {
      // Made again, it fails for those that were committed already, and they are looked at one by one.
      ambiguous: async () => {
        doubtful = true;
        return undefined;
      },
    });
  } catch (error) {
    if (signal.aborted || isPassing(error)) keepArrived(parts, left);
    signal.throwIfAborted();
    results.push(...left.map(({ upload }) => uploadFailure(upload, error)));
  }
  return results;
}
