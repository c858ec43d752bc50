import { createContentHasher, hashOfBlocks, MAXIMUM_BATCH_ENTRIES } from "@twinfold/dropbox-rules";
import * as z from "zod";
import { nested, routeError, type Tagged, tagged } from "../http/api-error.ts";
import { SMALL_SIZE } from "../http/receive.ts";
import type { PackFolder } from "../store/pack-files.ts";
import { type Piece, SessionFailure } from "../store/upload-sessions.ts";
import { flagType, hashType } from "./argument-types.ts";
import { sessionError } from "./failure-tags.ts";
import { userRoute } from "./route.ts";
import { cursorType } from "./upload-session.ts";

const argument = z.strictObject({
  entries: z
    .array(z.strictObject({ cursor: cursorType, length: z.int().min(0), close: flagType }))
    .max(MAXIMUM_BATCH_ENTRIES),
  content_hash: hashType.nullish(),
});

/** Pieces for many sessions, one after the other in one body: one file on disk, one fsync, one transaction. */
export const uploadSessionAppendBatch = userRoute<z.infer<typeof argument>>({
  name: "files/upload_session/append_batch",
  style: "upload",
  scope: "files.content.write",
  argument,
  handle: async (call, user) => {
    const { store, settings, bandwidth } = call.services;
    const { entries, content_hash } = call.arg;
    const lengths = entries.map((entry) => entry.length);
    const total = lengths.reduce((sum, length) => sum + length, 0);
    if (total > settings.maximumRequestSize) throw routeError(tagged("payload_too_large"));
    const split = await splitBody(bandwidth.incoming(user.ns, call.request), lengths, total, store.packs);
    if (content_hash !== null && content_hash !== undefined && content_hash !== split.hash) {
      if (split.pack !== null) await store.packs.remove(split.pack);
      throw routeError(tagged("content_hash_mismatch"));
    }
    const results = await store.commitBatch(() =>
      entries.map(({ cursor, close }, index): Tagged => {
        const piece = split.pieces[index];
        if (piece === undefined) throw new Error("a piece for each entry");
        try {
          store.attempt(() => store.sessions.append(user.owner, cursor.session_id, cursor.offset, piece, close));
          return tagged("success");
        } catch (error) {
          if (error instanceof SessionFailure) return nested("failure", sessionError(error.reason));
          throw error;
        }
      }),
    );
    return { entries: results };
  },
});

interface SplitBody {
  readonly pieces: readonly Piece[];
  readonly pack: string | null;
  readonly hash: string;
}

/** @throws ApiError `length_mismatch` when the body is not as long as its pieces together */
async function splitBody(
  body: AsyncIterable<Uint8Array>,
  lengths: readonly number[],
  total: number,
  packs: PackFolder,
): Promise<SplitBody> {
  const whole = createContentHasher();
  const splitter = new Splitter(lengths);
  const memory: Uint8Array[] = [];
  const pack = total > SMALL_SIZE ? await packs.create() : null;
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.length;
      if (size > total) throw routeError(tagged("length_mismatch"));
      whole.update(chunk);
      splitter.update(chunk);
      if (pack === null) memory.push(chunk);
      else await pack.append(chunk);
    }
    if (size < total) throw routeError(tagged("length_mismatch"));
    await pack?.finish();
  } catch (error) {
    await pack?.abandon();
    throw error;
  }
  const bytes = pack === null ? Buffer.concat(memory) : null;
  let start = 0;
  const pieces = lengths.map((length, index): Piece => {
    const from = start;
    start += length;
    return {
      length,
      blocks: splitter.blocks[index] ?? new Uint8Array(0),
      bytes: bytes === null ? null : bytes.subarray(from, from + length),
      slice: pack === null ? null : { pack: pack.pack, start: from, length },
    };
  });
  return { pieces, pack: pack?.pack ?? null, hash: hashOfBlocks(whole.blockDigests()) };
}

/** Works out each piece's block digests as the bytes go by. */
class Splitter {
  readonly blocks: Uint8Array[] = [];
  readonly #lengths: readonly number[];
  #hasher = createContentHasher();
  #left: number;

  constructor(lengths: readonly number[]) {
    this.#lengths = lengths;
    this.#left = lengths[0] ?? 0;
    this.#closeFull();
  }

  update(chunk: Uint8Array): void {
    let start = 0;
    while (start < chunk.length) {
      const end = Math.min(chunk.length, start + this.#left);
      this.#hasher.update(chunk.subarray(start, end));
      this.#left -= end - start;
      start = end;
      this.#closeFull();
    }
  }

  /** Goes on to the next piece that wants bytes. */
  #closeFull(): void {
    while (this.#left === 0 && this.blocks.length < this.#lengths.length) {
      this.blocks.push(this.#hasher.blockDigests());
      this.#hasher = createContentHasher();
      this.#left = this.#lengths[this.blocks.length] ?? 0;
    }
  }
}
