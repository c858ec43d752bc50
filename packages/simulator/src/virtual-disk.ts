import {
  baseName,
  type Clock,
  isWithin,
  joinPath,
  parentPath,
  pathComponents,
  type RelativePath,
} from "@twinfold/engine";
import {
  DiskError,
  type DiskEvent,
  type DiskFile,
  type DiskFolder,
  type DiskSpecial,
  type DiskThing,
  type Inode,
  isLink,
} from "./disk-things.ts";
import { Volumes } from "./volumes.ts";

/** Where the engine's staging lies; users' tools see it, the checks of the simulator don't. */
export const STAGING_FOLDER = ".twinfold";

/**
 * A disk in memory with the rules of Linux: names are case-sensitive, a thing is what its number says and a name only
 * leads to it, a rename replaces files and empty folders. Its methods are system calls: each happens in one moment.
 */
export class VirtualDisk {
  readonly root: DiskFolder;
  readonly clock: Clock;
  /** Bytes that all files together may take. */
  capacity = Number.POSITIVE_INFINITY;
  /** Words that sessions left with the root. */
  readonly marks = new Map<string, string>();
  /** Nothing may be written. */
  readOnly = false;
  /** Sessions that are at work here: what lies in staging for others was left by one that ended. */
  readonly sessions = new Set<string>();
  /** Things that the disk does not give out: files that can't be read, folders that can't be listed. */
  readonly unreadable = new Set<DiskThing>();
  /** Things of which nothing but the name can be had. */
  readonly unknowable = new Set<DiskThing>();
  readonly #listeners = new Set<(event: DiskEvent) => void>();
  readonly #volumes = new Volumes();
  #mounted = true;
  #numbers = 1;
  #changes = 0;

  constructor(clock: Clock) {
    this.clock = clock;
    this.root = this.#newFolder();
  }

  /** Grows with whatever happens to anything on it. */
  get changes(): number {
    return this.#changes;
  }

  get mounted(): boolean {
    return this.#mounted;
  }

  /** The root is there, or a folder without content that isn't it. */
  setMounted(mounted: boolean): void {
    this.#mounted = mounted;
  }

  /** Another disk, with these files and empty folders, that is mounted nowhere. */
  newVolume(files: Readonly<Record<string, Uint8Array>>, folders: readonly string[] = []): DiskFolder {
    const volume = this.#newFolder();
    for (const name of folders) volume.children.set(name, this.#newFolder());
    for (const [name, content] of Object.entries(files))
      volume.children.set(name, { kind: "file", content, ...this.#newInode(0o644) });
    return volume;
  }

  /** mount(8) over a folder; nobody is told. */
  mountVolume(path: RelativePath, volume: DiskFolder): void {
    this.#volumes.mount(this.folder(parentPath(path)), baseName(path), volume);
    this.#changes++;
  }

  /** umount(8). @throws DiskError EINVAL */
  unmountVolume(path: RelativePath): void {
    this.#changes++;
    this.#volumes.unmount(this.folder(parentPath(path)), baseName(path));
  }

  /** Where other disks are mounted. */
  volumes(): readonly RelativePath[] {
    return this.#volumes.points(this.root);
  }

  /** Where the disk begins that a path lies in. */
  volumeOf(path: RelativePath): RelativePath {
    return this.#volumes.of(this.root, path);
  }

  listen(listener: (event: DiskEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What a path leads to. @throws DiskError ENOENT, ENOTDIR, ELOOP (through a special) */
  find(path: RelativePath): DiskThing {
    let thing: DiskThing = this.root;
    for (const name of pathComponents(path)) {
      const child = this.#asFolder(thing, path).children.get(checkedName(name));
      if (child === undefined) throw new DiskError("ENOENT", path);
      thing = child;
    }
    return thing;
  }

  folder(path: RelativePath): DiskFolder {
    return this.#asFolder(this.find(path), path);
  }

  /** As open(2) for writing, without following a link or waiting for the other end of a pipe. */
  file(path: RelativePath): DiskFile {
    const thing = this.find(path);
    if (thing.kind === "folder") throw new DiskError("EISDIR", path);
    if (isLink(thing)) throw new DiskError("ELOOP", path);
    if ((thing.mode & 0o200) === 0) throw new DiskError("EACCES", path);
    if (thing.kind === "special") throw new DiskError("ENXIO", path);
    return thing;
  }

  /** What a name in a folder leads to; undefined when nothing. @throws DiskError when the folder is not there */
  lookup(path: RelativePath): DiskThing | undefined {
    if (path === "") return this.root;
    return this.folder(parentPath(path)).children.get(checkedName(baseName(path)));
  }

  createFolder(path: RelativePath): DiskFolder {
    const folder = this.#place(path);
    const created = this.#newFolder();
    this.#link(folder, baseName(path), created, "created");
    return created;
  }

  createFile(path: RelativePath, content: Uint8Array, modified?: number): DiskFile {
    const folder = this.#place(path);
    this.#take(content.length);
    const file: DiskFile = { kind: "file", content, ...this.#newInode(0o644) };
    file.modified = modified ?? file.modified;
    this.#link(folder, baseName(path), file, "created");
    this.#tell({ folder, name: baseName(path), kind: "closed", thing: file });
    return file;
  }

  createSpecial(path: RelativePath, what: string): void {
    const special: DiskSpecial = { kind: "special", what, ...this.#newInode(0o644) };
    this.#link(this.#place(path), baseName(path), special, "created");
  }

  /** Overwrites in place: the same file, as an editor does that doesn't save by rename. */
  overwrite(path: RelativePath, content: Uint8Array, closed = true): void {
    this.#checkWritable();
    const file = this.file(path);
    this.setContent(file, content);
    const kind = closed ? "closed" : "written";
    this.#tell({ folder: this.folder(parentPath(path)), name: baseName(path), kind, thing: file });
  }

  /** As through a map of the file (mmap(2)) whose pages are dirty already: neither a time nor an event tells of it. */
  writeUnseen(path: RelativePath, content: Uint8Array): void {
    this.#checkWritable();
    const file = this.file(path);
    const written = Buffer.alloc(file.content.length);
    written.set(content.subarray(0, written.length));
    file.content = written;
    this.#changes++;
  }

  /** Writes to a file that is open, whatever became of its name. */
  setContent(file: DiskFile, content: Uint8Array): void {
    this.#checkWritable();
    this.#take(content.length - file.content.length);
    file.content = content;
    file.modified = this.clock.now();
    file.changed = ++this.#changes;
  }

  /** utime(2). */
  setModified(path: RelativePath, modified: number): void {
    this.#changeAttributes(path, (thing) => {
      thing.modified = modified;
    });
  }

  /** chmod(2). */
  setMode(path: RelativePath, mode: number): void {
    this.#changeAttributes(path, (thing) => {
      thing.mode = mode;
    });
  }

  /** setxattr(2), of the root. */
  setMark(name: string, word: string): void {
    this.#changeAttributes("" as RelativePath, () => this.marks.set(name, word));
  }

  /** link(2): a second name for the same file, or link or pipe. */
  hardLink(existing: RelativePath, path: RelativePath): void {
    const thing = this.find(existing);
    const folder = this.#place(path);
    if (thing.kind === "folder") throw new DiskError("EPERM", existing);
    if (this.volumeOf(existing) !== this.volumeOf(path)) throw new DiskError("EXDEV", path);
    thing.changed = ++this.#changes;
    this.#link(folder, baseName(path), thing, "created");
  }

  /** rename(2), or renameat2 with RENAME_NOREPLACE. */
  rename(from: RelativePath, to: RelativePath, replace: boolean): void {
    this.#checkWritable();
    if (from === "" || to === "") throw new DiskError("EINVAL", to);
    const source = this.folder(parentPath(from));
    const goal = this.folder(parentPath(to));
    const thing = this.find(from);
    const target = this.lookup(to);
    if (target !== undefined && !replace) throw new DiskError("EEXIST", to);
    if (to !== from && isWithin(to, from)) throw new DiskError("EINVAL", to);
    if (to !== from && isWithin(from, to)) throw new DiskError("ENOTEMPTY", to);
    if (target === thing) return;
    this.#volumes.checkFree(thing, from);
    if (target !== undefined) this.#volumes.checkFree(target, to);
    // What is staged lies, on a real one, in a staging folder of the disk where it is to be.
    if (!isWithin(from, STAGING_FOLDER as RelativePath) && this.volumeOf(from) !== this.volumeOf(to))
      throw new DiskError("EXDEV", to);
    if (target !== undefined) this.#checkReplaceable(thing, target, to);
    // A folder's own entry for what it lies in would have to be written.
    if (thing.kind === "folder" && source !== goal && (thing.mode & 0o200) === 0) throw new DiskError("EACCES", from);
    if (target !== undefined) {
      // It loses a name: that changes its count of links.
      target.changed = ++this.#changes;
      this.#tell({ folder: null, name: "", kind: "attributes", thing: target });
      this.#tell({ folder: goal, name: baseName(to), kind: "moved", thing: target });
    }
    source.children.delete(baseName(from));
    this.#touch(source);
    this.#tell({ folder: source, name: baseName(from), kind: "moved", thing });
    goal.children.set(baseName(to), thing);
    this.#touch(goal);
    thing.changed = ++this.#changes;
    this.#tell({ folder: goal, name: baseName(to), kind: "moved", thing });
  }

  /** unlink(2). */
  removeFile(path: RelativePath): void {
    this.#checkWritable();
    const thing = this.find(path);
    if (thing.kind === "folder") throw new DiskError("EISDIR", path);
    thing.changed = ++this.#changes;
    this.#unlink(path, thing);
  }

  /** rmdir(2). */
  removeFolder(path: RelativePath): void {
    this.#checkWritable();
    const thing = this.find(path);
    if (thing.kind !== "folder") throw new DiskError("ENOTDIR", path);
    this.#volumes.checkFree(thing, path);
    if (thing.children.size > 0) throw new DiskError("ENOTEMPTY", path);
    this.#unlink(path, thing);
  }

  /** All paths below a folder, parents first. */
  *walk(path: RelativePath): Generator<readonly [RelativePath, DiskThing]> {
    yield* below(this.folder(path), path);
  }

  used(): number {
    const files = new Set<DiskFile>();
    for (const [, thing] of this.walk("" as RelativePath)) if (thing.kind === "file") files.add(thing);
    let bytes = 0;
    for (const file of files) bytes += file.content.length;
    return bytes;
  }

  #changeAttributes(path: RelativePath, change: (thing: DiskThing) => void): void {
    this.#checkWritable();
    const thing = this.find(path);
    if (isLink(thing)) throw new DiskError("ELOOP", path);
    change(thing);
    thing.changed = ++this.#changes;
    const folder = path === "" ? null : this.folder(parentPath(path));
    this.#tell({ folder, name: baseName(path), kind: "attributes", thing });
  }

  #asFolder(thing: DiskThing, path: string): DiskFolder {
    if (isLink(thing)) throw new DiskError("ELOOP", path);
    if (thing.kind !== "folder") throw new DiskError("ENOTDIR", path);
    if ((thing.mode & 0o500) !== 0o500) throw new DiskError("EACCES", path);
    return thing;
  }

  #checkReplaceable(thing: DiskThing, target: DiskThing, path: RelativePath): void {
    if (target.kind === "folder" && thing.kind !== "folder") throw new DiskError("EISDIR", path);
    if (target.kind !== "folder" && thing.kind === "folder") throw new DiskError("ENOTDIR", path);
    if (target.kind === "folder" && target.children.size > 0) throw new DiskError("ENOTEMPTY", path);
  }

  /** The folder in which something new may be put. */
  #place(path: RelativePath): DiskFolder {
    this.#checkWritable();
    if (this.lookup(path) !== undefined) throw new DiskError("EEXIST", path);
    return this.folder(parentPath(path));
  }

  #checkWritable(): void {
    if (this.readOnly) throw new DiskError("EROFS", "");
  }

  #take(bytes: number): void {
    if (bytes > 0 && this.capacity < Number.POSITIVE_INFINITY && this.used() + bytes > this.capacity)
      throw new DiskError("ENOSPC", "");
  }

  #newFolder(): DiskFolder {
    return { kind: "folder", children: new Map(), ...this.#newInode(0o755) };
  }

  #newInode(mode: number): Inode {
    return { number: this.#numbers++, mode, modified: this.clock.now(), changed: ++this.#changes };
  }

  #link(folder: DiskFolder, name: string, thing: DiskThing, kind: "created"): void {
    folder.children.set(name, thing);
    this.#touch(folder);
    this.#tell({ folder, name, kind, thing });
  }

  #unlink(path: RelativePath, thing: DiskThing): void {
    if (path === "") throw new DiskError("EINVAL", path);
    const folder = this.folder(parentPath(path));
    folder.children.delete(baseName(path));
    this.#touch(folder);
    this.#tell({ folder, name: baseName(path), kind: "deleted", thing });
  }

  #touch(folder: DiskFolder): void {
    folder.modified = this.clock.now();
    folder.changed = ++this.#changes;
  }

  #tell(event: DiskEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

function* below(folder: DiskFolder, path: RelativePath): Generator<readonly [RelativePath, DiskThing]> {
  for (const [name, child] of folder.children) {
    const at = joinPath(path, name);
    yield [at, child];
    if (child.kind === "folder") yield* below(child, at);
  }
}

const encoder = new TextEncoder();

/** A component that a system call would take. @throws DiskError */
function checkedName(name: string): string {
  // As Node's own calls: no disk is ever asked, and nobody may ask.
  if (name.includes("\0")) throw new TypeError(`a name with NUL: ${JSON.stringify(name)}`);
  if (name === "" || name === "." || name === "..") throw new DiskError("EINVAL", name);
  if (name.length > 85 && encoder.encode(name).length > 255) throw new DiskError("ENAMETOOLONG", name);
  return name;
}
