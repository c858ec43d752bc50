import { contentHash, createContentHasher, hashOfBlocks } from "@twinfold/dropbox-rules";
import type { PackFolder, Slice } from "../store/pack-files.ts";

/** A body up to this many bytes is kept in memory, and then in the database; larger ones go to a pack file as they come. */
export const SMALL_SIZE = 64 * 1024;

/** A body that has arrived whole. */
export interface Received {
  readonly size: number;
  readonly hash: string;
  /** The SHA-256 of each 4 MiB block. */
  readonly blocks: Uint8Array;
  readonly bytes: Uint8Array | null;
  readonly slice: Slice | null;
}

/** The body is larger than a request may be. */
export class TooLarge extends Error {
  override readonly name = "TooLarge";
}

/**
 * Takes a stream of bytes in: small ones into memory, others to disk, where they are durable when it resolves. Never holds
 * more than a piece of a large one. @throws TooLarge beyond `limit` bytes
 */
export async function receive(source: AsyncIterable<Uint8Array>, packs: PackFolder, limit: number): Promise<Received> {
  const iterator = source[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let size = 0;
  while (size <= SMALL_SIZE) {
    const next = await iterator.next();
    if (next.done === true) return inMemory(first, size);
    first.push(next.value);
    size += next.value.length;
    if (size > limit) throw new TooLarge();
  }
  const pack = await packs.write(limited([first, { [Symbol.asyncIterator]: () => iterator }], limit));
  return {
    size: pack.size,
    hash: pack.hash,
    blocks: pack.blocks,
    bytes: null,
    slice: { pack: pack.pack, start: 0, length: pack.size },
  };
}

/** Removes what a body that nobody wants has left on disk. */
export async function discard(received: Received, packs: PackFolder): Promise<void> {
  if (received.slice !== null) await packs.remove(received.slice.pack);
}

function inMemory(pieces: readonly Uint8Array[], size: number): Received {
  const bytes = pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces, size);
  const hasher = createContentHasher();
  hasher.update(bytes);
  const blocks = hasher.blockDigests();
  return { size, hash: size === 0 ? contentHash(bytes) : hashOfBlocks(blocks), blocks, bytes, slice: null };
}

async function* limited(
  sources: readonly (Iterable<Uint8Array> | AsyncIterable<Uint8Array>)[],
  limit: number,
): AsyncGenerator<Uint8Array> {
  let size = 0;
  for (const source of sources)
    for await (const piece of source) {
      size += piece.length;
      if (size > limit) throw new TooLarge();
      yield piece;
    }
}
