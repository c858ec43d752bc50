import { randomBytes } from "node:crypto";
import { chmod, type FileHandle, link, mkdir, open, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createContentHasher, hashOfBlocks } from "@twinfold/dropbox-rules";
import type { Database, Row } from "./database.ts";

/** A run of bytes in a pack file. */
export interface Slice {
  readonly pack: string;
  readonly start: number;
  readonly length: number;
}

/** What a stream that was written to a pack file came to. */
export interface WrittenPack {
  readonly pack: string;
  readonly size: number;
  /** The SHA-256 of each 4 MiB block. */
  readonly blocks: Uint8Array;
  readonly hash: string;
}

const FAN_OUT = Array.from({ length: 256 }, (_, index) => index.toString(16).padStart(2, "0"));

/**
 * The files that hold contents too large for the database. A pack holds the body of one request: one content, or the pieces
 * of many. It is written whole and made durable before the database refers to it, and never changed afterwards; a pack
 * that nothing refers to is what a crash or a refused request has left, and is swept at the next start.
 */
export class PackFolder {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(folder: string): Promise<PackFolder> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
    if ((await readdir(folder)).length < FAN_OUT.length) {
      for (const name of FAN_OUT) await mkdir(join(folder, name), { recursive: true });
      await syncPath(folder);
    }
    return new PackFolder(folder);
  }

  pathOf(pack: string): string {
    return join(this.#folder, pack.slice(0, 2), pack);
  }

  /** Writes a stream to a new pack, durable when it resolves. Nothing is left when the stream or the disk fails. */
  async write(content: AsyncIterable<Uint8Array>): Promise<WrittenPack> {
    const writer = await this.create();
    try {
      const hasher = createContentHasher();
      for await (const piece of content) {
        hasher.update(piece);
        await writer.append(piece);
      }
      const blocks = hasher.blockDigests();
      await writer.finish();
      return { pack: writer.pack, size: writer.size, blocks, hash: hashOfBlocks(blocks) };
    } catch (error) {
      await writer.abandon();
      throw error;
    }
  }

  /** A new pack to append to. */
  async create(): Promise<PackWriter> {
    const pack = randomBytes(16).toString("hex");
    const path = this.pathOf(pack);
    return new PackWriter(pack, await open(path, "wx", 0o600), path);
  }

  /** Takes packs that lie in another folder of the same disk, durable when it resolves; those that are here stay. */
  async adopt(folder: string, packs: readonly string[]): Promise<void> {
    const changed = new Set<string>();
    for (const pack of packs) {
      const path = this.pathOf(pack);
      const linked = await link(join(folder, pack), path).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === "EEXIST") return false;
          throw error;
        },
      );
      if (linked) changed.add(dirname(path));
    }
    for (const path of changed) await syncPath(path);
  }

  async remove(pack: string): Promise<void> {
    await rm(this.pathOf(pack), { force: true });
  }

  /** Removes the packs that `isReferred` does not know. */
  async sweep(isReferred: (pack: string) => boolean): Promise<void> {
    for (const name of FAN_OUT) {
      const packs = await readdir(join(this.#folder, name)).catch(() => []);
      for (const pack of packs) if (!isReferred(pack)) await rm(join(this.#folder, name, pack), { force: true });
    }
  }
}

/** A pack being written. */
export class PackWriter {
  readonly pack: string;
  readonly #handle: FileHandle;
  readonly #path: string;
  #size = 0;

  constructor(pack: string, handle: FileHandle, path: string) {
    this.pack = pack;
    this.#handle = handle;
    this.#path = path;
  }

  get size(): number {
    return this.#size;
  }

  async append(bytes: Uint8Array): Promise<void> {
    let done = 0;
    while (done < bytes.length) {
      const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, this.#size);
      done += bytesWritten;
      this.#size += bytesWritten;
    }
  }

  /** Makes the bytes and the file's name durable. */
  async finish(): Promise<void> {
    await this.#handle.sync();
    await this.#handle.close();
    await syncPath(dirname(this.#path));
  }

  async abandon(): Promise<void> {
    await this.#handle.close().catch(() => {});
    await rm(this.#path, { force: true });
  }
}

/** The packs that the database refers to. */
export function referredPacks(database: Database): Set<string> {
  const rows = database.iterate(
    "SELECT pack FROM content_slices UNION SELECT pack FROM upload_pieces WHERE pack IS NOT NULL",
  );
  const packs = new Set<string>();
  for (const row of rows) packs.add(String(row.pack));
  return packs;
}

/** Makes durable what was written to a file, or which names are in a folder. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export function sliceOf(row: Row): Slice {
  return { pack: String(row.pack), start: Number(row.start), length: Number(row.length) };
}
