import { contentHash } from "@twinfold/dropbox-rules";
import { type ContentHash, joinPath, type RelativePath, type StagedFile } from "@twinfold/engine";
import { DiskError } from "./disk-things.ts";
import { STAGING_FOLDER, type VirtualDisk } from "./virtual-disk.ts";
import { lookup } from "./virtual-lookups.ts";

const BASE = STAGING_FOLDER as RelativePath;

type Run = <T>(name: string, path: RelativePath, body: () => T | Promise<T>) => Promise<T>;

/** The staging folder of one session on a virtual disk: `.twinfold/SESSION`. */
export class VirtualStaging {
  readonly #disk: VirtualDisk;
  readonly #own: RelativePath;
  readonly #run: Run;
  #count = 0;

  /** @param run runs one call on the disk */
  constructor(disk: VirtualDisk, session: string, run: Run) {
    this.#disk = disk;
    this.#own = joinPath(BASE, session);
    this.#run = run;
  }

  /** What lies in it. */
  staged(): string[] {
    const own = lookup(this.#disk, this.#own);
    return own?.kind === "folder" ? [...own.children.keys()].map((name) => joinPath(this.#own, name)) : [];
  }

  /** @param volume where the disk begins in which the file is to be */
  next(volume: RelativePath): VirtualStagedFile {
    this.make();
    const path = joinPath(this.#own, `${++this.#count}`);
    return new VirtualStagedFile(path, volume, { disk: this.#disk, run: (name, body) => this.#run(name, path, body) });
  }

  make(): void {
    for (const folder of [BASE, this.#own])
      if (this.#disk.lookup(folder) === undefined) this.#disk.createFolder(folder);
  }

  /** Clears what sessions that have ended left there. */
  clearLeftOvers(): void {
    if (this.#disk.lookup(BASE)?.kind !== "folder") return;
    for (const name of [...this.#disk.folder(BASE).children.keys()]) {
      if (!this.#disk.sessions.has(name)) this.#clear(joinPath(BASE, name));
    }
    this.#removeIfEmpty(BASE);
  }

  /** The session ends: what could not be discarded in its time goes with its folder. */
  end(): void {
    this.#clear(this.#own);
    this.#removeIfEmpty(BASE);
  }

  #clear(folder: RelativePath): void {
    if (this.#disk.lookup(folder)?.kind !== "folder") return;
    for (const file of [...this.#disk.folder(folder).children.keys()]) this.#disk.removeFile(joinPath(folder, file));
    this.#disk.removeFolder(folder);
  }

  #removeIfEmpty(path: RelativePath): void {
    try {
      this.#disk.removeFolder(path);
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
    }
  }
}

interface StagingDisk {
  readonly disk: VirtualDisk;
  run<T>(name: string, body: () => T | Promise<T>): Promise<T>;
}

export class VirtualStagedFile implements StagedFile {
  readonly path: RelativePath;
  /** Where the disk begins in which it can be placed. */
  readonly volume: RelativePath;
  readonly #on: StagingDisk;

  constructor(path: RelativePath, volume: RelativePath, on: StagingDisk) {
    this.path = path;
    this.volume = volume;
    this.#on = on;
  }

  write(content: AsyncIterable<Uint8Array>): Promise<{ hash: ContentHash; size: number }> {
    const { disk, run } = this.#on;
    return run("stage.write", async () => {
      const pieces: Uint8Array[] = [];
      if (disk.lookup(this.path) === undefined) disk.createFile(this.path, new Uint8Array());
      const file = disk.file(this.path);
      disk.setContent(file, new Uint8Array());
      for await (const piece of content) {
        pieces.push(piece);
        disk.setContent(file, Buffer.concat(pieces));
      }
      return { hash: contentHash(Buffer.concat(pieces)) as ContentHash, size: file.content.length };
    });
  }

  discard(): Promise<void> {
    const { disk, run } = this.#on;
    return run("stage.discard", () => {
      try {
        disk.removeFile(this.path);
      } catch (error) {
        if (!(error instanceof DiskError) || error.code !== "ENOENT") throw error;
      }
    });
  }
}
