import { baseName, isWithin, joinPath, parentPath, type RelativePath } from "@twinfold/engine";
import { DiskError } from "./disk-things.ts";
import { STAGING_FOLDER, type VirtualDisk } from "./virtual-disk.ts";
import { createTreeReader, type VisibleTree } from "./visible-tree.ts";

const encoder = new TextEncoder();
const bytesOf = (content: string | Uint8Array) => (typeof content === "string" ? encoder.encode(content) : content);
const relative = (path: string) => path as RelativePath;

/** What a person and her programs do on a virtual disk. Errors are a shell's: DiskError. */
export class DiskUser {
  readonly #disk: VirtualDisk;
  /** Everything but staging and specials. */
  readonly tree: () => VisibleTree;

  constructor(disk: VirtualDisk) {
    this.#disk = disk;
    this.tree = createTreeReader(
      () => disk.changes,
      () => this.#readTree(),
    );
  }

  /** Writes a whole file, new or in place. */
  write(path: string, content: string | Uint8Array): void {
    const bytes = bytesOf(content);
    if (this.#disk.lookup(relative(path)) === undefined) this.#disk.createFile(relative(path), bytes);
    else this.#disk.overwrite(relative(path), bytes);
  }

  /** Writes to a file through memory: it stays as long as it is, and keeps its times */
  writeUnseen(path: string, content: string | Uint8Array): void {
    this.#disk.writeUnseen(relative(path), bytesOf(content));
  }

  /** Writes beside the file and renames over it, as careful editors do: the name leads to another file then. */
  save(path: string, content: string | Uint8Array): void {
    const beside = joinPath(parentPath(relative(path)), `.${baseName(relative(path))}.save`);
    this.#disk.createFile(beside, bytesOf(content));
    try {
      this.#disk.rename(beside, relative(path), true);
    } catch (error) {
      this.#disk.removeFile(beside);
      throw error;
    }
  }

  append(path: string, content: string | Uint8Array): void {
    const before = this.#disk.file(relative(path)).content;
    this.#disk.overwrite(relative(path), Buffer.concat([before, bytesOf(content)]));
  }

  truncate(path: string, size: number): void {
    const resized = new Uint8Array(size);
    resized.set(this.#disk.file(relative(path)).content.subarray(0, size));
    this.#disk.overwrite(relative(path), resized);
  }

  mkdir(path: string): void {
    this.#disk.createFolder(relative(path));
  }

  /** `mkdir -p`. */
  mkdirs(path: string): void {
    if (path === "") return;
    this.mkdirs(parentPath(relative(path)));
    if (this.#disk.lookup(relative(path))?.kind !== "folder") this.#disk.createFolder(relative(path));
  }

  /** `mv -T`: over a file or an empty folder too. */
  rename(from: string, to: string): void {
    this.#disk.rename(relative(from), relative(to), true);
  }

  /** Two things take each other's names. */
  swap(one: string, other: string): void {
    if (isWithin(relative(one), relative(other)) || isWithin(relative(other), relative(one)))
      throw new DiskError("EINVAL", one);
    const aside = joinPath(parentPath(relative(one)), `.${baseName(relative(one))}.aside`);
    this.#disk.find(relative(other));
    this.#disk.rename(relative(one), aside, false);
    this.#disk.rename(relative(other), relative(one), false);
    this.#disk.rename(aside, relative(other), false);
  }

  unlink(path: string): void {
    this.#disk.removeFile(relative(path));
  }

  /** `rm -rf`, but the staging folder stays. */
  rmtree(path: string): void {
    const thing = this.#disk.find(relative(path));
    if (thing.kind !== "folder") {
      this.#disk.removeFile(relative(path));
      return;
    }
    for (const name of [...thing.children.keys()]) {
      if (path !== "" || name !== STAGING_FOLDER) this.rmtree(joinPath(relative(path), name));
    }
    if (path !== "") this.#disk.removeFolder(relative(path));
  }

  /** `cp -rT`, to a name that is free. */
  copy(from: string, to: string): void {
    const thing = this.#disk.find(relative(from));
    if (isWithin(relative(to), relative(from))) throw new DiskError("EINVAL", to);
    if (thing.kind === "file") {
      this.#disk.createFile(relative(to), thing.content);
      return;
    }
    if (thing.kind === "special") {
      this.#disk.createSpecial(relative(to), thing.what);
      return;
    }
    this.mkdir(to);
    for (const name of [...thing.children.keys()]) this.copy(`${from}/${name}`, `${to}/${name}`);
  }

  symlink(path: string): void {
    this.#disk.createSpecial(relative(path), "symbolic link");
  }

  hardLink(existing: string, path: string): void {
    this.#disk.hardLink(relative(existing), relative(path));
  }

  /** Sets the modification time, in milliseconds since 1970. */
  touch(path: string, modified: number): void {
    this.#disk.setModified(relative(path), modified);
  }

  exists(path: string): boolean {
    try {
      return this.#disk.lookup(relative(path)) !== undefined;
    } catch (error) {
      if (error instanceof DiskError) return false;
      throw error;
    }
  }

  content(path: string): Uint8Array {
    return this.#disk.file(relative(path)).content;
  }

  text(path: string): string {
    return new TextDecoder().decode(this.content(path));
  }

  /** What the file is, whatever its name. */
  identity(path: string): string {
    return String(this.#disk.file(relative(path)).number);
  }

  /** Another after each change of what is at the path, or of what it leads to. */
  version(path: string): string {
    const thing = this.#disk.lookup(relative(path));
    return `${thing?.number}:${thing?.changed}`;
  }

  /** When it was modified, in whole seconds since 1970. */
  modified(path: string): number {
    return Math.floor(this.#disk.file(relative(path)).modified / 1000);
  }

  #readTree(): VisibleTree {
    const found: [string, Uint8Array | null][] = [];
    for (const [path, thing] of this.#disk.walk(relative(""))) {
      if (isWithin(path, relative(STAGING_FOLDER)) || thing.kind === "special") continue;
      found.push([path, thing.kind === "file" ? thing.content : null]);
    }
    return new Map(found.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** What lies in staging: nothing, at rest. */
  staging(): string[] {
    if (this.#disk.lookup(relative(STAGING_FOLDER))?.kind !== "folder") return [];
    return [...this.#disk.walk(relative(STAGING_FOLDER))]
      .filter(([, thing]) => thing.kind === "file")
      .map(([path]) => path);
  }
}
