import { contentHash } from "@twinfold/dropbox-rules";
import {
  type ContentHash,
  FileSystemError,
  type Fingerprint,
  type LocalStat,
  type OpenFile,
  type RelativePath,
} from "@twinfold/engine";
import { DiskError, type DiskFile } from "./disk-things.ts";
import type { Calls } from "./faults.ts";
import type { VirtualDisk } from "./virtual-disk.ts";
import { errorAt } from "./virtual-file-errors.ts";
import { expectFile } from "./virtual-lookups.ts";
import { statOf } from "./virtual-stat.ts";

export interface ReadingOptions {
  /** Bytes that are read in one moment; between two such pieces a user may write. */
  readonly pieceSize?: number;
  /** Milliseconds between two pieces. */
  readonly betweenPieces?: () => number;
}

/** Files of a virtual disk being read, piece by piece, while others write. */
export class VirtualReading {
  readonly #disk: VirtualDisk;
  readonly #calls: Calls;
  readonly #options: ReadingOptions;

  constructor(disk: VirtualDisk, calls: Calls, options: ReadingOptions) {
    this.#disk = disk;
    this.#calls = calls;
    this.#options = options;
  }

  async hash(
    path: RelativePath,
    signal: AbortSignal,
  ): Promise<{ readonly hash: ContentHash; readonly stat: LocalStat }> {
    const file = this.#openFile(path, null);
    const before = statOf(file);
    const pieces: Uint8Array[] = [];
    for await (const piece of this.#pieces(file, 0, file.content.length)) {
      signal.throwIfAborted();
      pieces.push(piece);
    }
    if (!this.#leadsTo(path, file, before.fingerprint)) throw errorAt("changed", path);
    return { hash: contentHash(Buffer.concat(pieces)) as ContentHash, stat: before };
  }

  /** @param run runs one more call on the disk */
  open(
    path: RelativePath,
    expected: Fingerprint,
    run: <T>(name: string, path: RelativePath, effect: () => T) => Promise<T>,
  ): OpenFile {
    const file = this.#openFile(path, expected);
    return {
      size: file.content.length,
      read: (start: number, end: number) => this.#pieces(file, start, end),
      verify: () => run("verify", path, () => this.#leadsTo(path, file, expected)).catch(falseWithoutRoot),
      close: async () => undefined,
    };
  }

  /** As open(2) for reading. @throws FileSystemError `not-found`, `unreadable`, `escapes`, `changed` */
  #openFile(path: RelativePath, expected: Fingerprint | null): DiskFile {
    const thing = this.#disk.find(path);
    if (thing.kind === "special" && thing.what === "symbolic link") throw new DiskError("ELOOP", path);
    if ((thing.mode & 0o400) === 0 || this.#disk.unreadable.has(thing)) throw new DiskError("EACCES", path);
    if (thing.kind !== "file") throw errorAt("changed", path);
    return expected === null ? thing : expectFile(this.#disk, path, expected);
  }

  #leadsTo(path: RelativePath, file: DiskFile, fingerprint: Fingerprint): boolean {
    try {
      return this.#disk.lookup(path) === file && statOf(file).fingerprint === fingerprint;
    } catch (error) {
      if (error instanceof DiskError) return false;
      throw error;
    }
  }

  /** Each piece shows the file as it is when that piece is read. */
  async *#pieces(file: DiskFile, start: number, end: number): AsyncGenerator<Uint8Array> {
    const size = this.#options.pieceSize ?? 65_536;
    for (let at = start; at < end; at += size) {
      const pause = this.#options.betweenPieces?.() ?? 0;
      if (at > start && pause > 0) await this.#calls.pause(pause);
      const piece = file.content.slice(at, Math.min(end, at + size));
      if (piece.length === 0) return;
      yield piece;
    }
  }
}

function falseWithoutRoot(error: unknown): false {
  if (error instanceof FileSystemError && error.code === "root") return false;
  throw error;
}
