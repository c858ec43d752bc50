import { createReadStream } from "node:fs";
import { crc32 } from "node:zlib";
import type { Database } from "./database.ts";
import { type PackFolder, type Slice, sliceOf } from "./pack-files.ts";

/** How much is read from disk at a time, in bytes. */
const READ_SIZE = 512 * 1024;

/** Content that has arrived, with what is known of it; stored when a commit refers to it. */
export interface ReceivedContent {
  readonly hash: string;
  readonly size: number;
  /** Either the bytes themselves or where they lie on disk. */
  readonly bytes: Uint8Array | null;
  readonly slices: readonly Slice[];
}

/** All contents of all accounts, each stored once, under its hash. Contents are never changed nor, for now, removed. */
export class Contents {
  readonly #database: Database;
  readonly #packs: PackFolder;

  constructor(database: Database, packs: PackFolder) {
    this.#database = database;
    this.#packs = packs;
  }

  /** Within a transaction. @returns whether the content was new, so that its pack files are now referred to */
  store(content: ReceivedContent): boolean {
    const known = this.#database.get("SELECT content FROM contents WHERE hash = ?", content.hash);
    if (known !== undefined) return false;
    const inserted = this.#database.get(
      "INSERT INTO contents (hash, size, bytes) VALUES (?, ?, ?) RETURNING content",
      content.hash,
      content.size,
      content.bytes,
    );
    const id = Number(inserted?.content);
    let position = 0;
    for (const slice of content.slices) {
      this.#database.run(
        "INSERT INTO content_slices VALUES (?, ?, ?, ?, ?)",
        id,
        position,
        slice.pack,
        slice.start,
        slice.length,
      );
      position += slice.length;
    }
    return true;
  }

  /** The bytes from `start` up to, not including, `end`, in pieces; a small content comes as one piece. */
  async *read(hash: string, start: number, end: number): AsyncGenerator<Uint8Array> {
    const small = this.small(hash);
    if (small !== null) {
      yield small.subarray(start, end);
      return;
    }
    const slices = this.#database.all(
      "SELECT position, pack, start, length FROM contents JOIN content_slices USING (content) WHERE hash = ? AND position < ? AND position + length > ? ORDER BY position",
      hash,
      end,
      start,
    );
    for (const row of slices) {
      const position = Number(row.position);
      const slice = sliceOf(row);
      const from = Math.max(0, start - position);
      const to = Math.min(slice.length, end - position);
      yield* this.readSlice({ pack: slice.pack, start: slice.start + from, length: to - from });
    }
  }

  /** The bytes of a run in a pack file. */
  async *readSlice(slice: Slice): AsyncGenerator<Uint8Array> {
    if (slice.length <= 0) return;
    yield* createReadStream(this.#packs.pathOf(slice.pack), {
      start: slice.start,
      end: slice.start + slice.length - 1,
      highWaterMark: READ_SIZE,
    }) as AsyncIterable<Buffer>;
  }

  /** The bytes of a content that is kept in the database; null for one that lies in pack files. */
  small(hash: string): Uint8Array | null {
    const row = this.#database.get("SELECT bytes FROM contents WHERE hash = ?", hash);
    if (row === undefined) throw new Error(`no content has the hash ${hash}`);
    const bytes = row.bytes;
    return bytes instanceof Uint8Array ? bytes : null;
  }

  /** The CRC-32 that a zip file wants; worked out when first asked for. */
  async crc(hash: string, size: number): Promise<number> {
    const row = this.#database.get("SELECT crc FROM contents WHERE hash = ?", hash);
    const known = row?.crc;
    if (typeof known === "number") return known;
    let crc = 0;
    for await (const piece of this.read(hash, 0, size)) crc = crc32(piece, crc);
    // Outside any transaction of ours: should it be lost, it is worked out again.
    this.#database.run("UPDATE contents SET crc = ? WHERE hash = ?", crc, hash);
    return crc;
  }
}
