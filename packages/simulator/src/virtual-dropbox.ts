import { canonicalName, contentHash, nameKey, nameProblem, nameRefusal, pathKey } from "@twinfold/dropbox-rules";
import {
  baseName,
  type ContentHash,
  isWithin,
  joinPath,
  parentPath,
  pathComponents,
  type RelativePath,
  type RemoteId,
  type Rev,
  type Seconds,
} from "@twinfold/engine";
import { ChangeLog } from "./change-log.ts";
import type { SeededRandomness } from "./seeded-randomness.ts";

export interface DropboxFile {
  readonly kind: "file";
  readonly id: RemoteId;
  name: string;
  parent: DropboxFolder;
  rev: Rev;
  content: Uint8Array;
  hash: ContentHash;
  mtime: Seconds;
  /** False for cloud documents. */
  readonly downloadable: boolean;
}

export interface DropboxFolder {
  readonly kind: "folder";
  readonly id: RemoteId;
  name: string;
  /** Null for the account's root only. */
  parent: DropboxFolder | null;
  /** By name key. */
  readonly children: Map<string, DropboxItem>;
}

export type DropboxItem = DropboxFile | DropboxFolder;

/** Like the tags of Dropbox's error unions. */
export type DropboxErrorTag = "not_found" | "conflict" | "disallowed_name" | "insufficient_space" | "nested";

export class DropboxError extends Error {
  override readonly name = "DropboxError";
  readonly tag: DropboxErrorTag;
  constructor(tag: DropboxErrorTag, message: string) {
    super(message);
    this.tag = tag;
  }
}

/** One version that a path ever had. */
export interface Revision {
  /** Lower-cased path. */
  readonly key: string;
  readonly rev: Rev;
  readonly hash: ContentHash;
  readonly content: Uint8Array;
  /** When, in milliseconds. */
  readonly at: number;
}

/** How long before a folder is deleted in Dropbox what happens to it there may go unseen, in milliseconds: no call takes longer. */
export const UNSEEN = 1_000;

/** Something that was deleted, with all below. */
export interface Removal {
  /** Lower-cased path. */
  readonly key: string;
  readonly at: number;
  /** Files below that had come there, or got their content, less than `UNSEEN` before. */
  readonly unseen: ReadonlySet<DropboxFile>;
}

/** Something that got another path, with all below. */
export interface Relocation {
  /** Lower-cased paths. */
  readonly from: string;
  readonly to: string;
  readonly at: number;
}

export interface UploadOptions {
  /**
   * The rev that must be current, if a file is there: where none is any more, it is made anew; null: nothing may be there;
   * left out: whatever is there is replaced.
   */
  readonly base?: Rev | null;
  readonly mtime?: Seconds;
  readonly downloadable?: boolean;
}

/**
 * One Dropbox account in memory, with the semantics of its API: case-insensitive and case-preserving, ids that stay,
 * revs that grow, a log of changes that remembers each path's last state. Paths have no slash at the beginning.
 */
export class VirtualDropbox {
  readonly root: DropboxFolder = {
    kind: "folder",
    id: "id:root" as RemoteId,
    name: "",
    parent: null,
    children: new Map(),
  };
  readonly log: ChangeLog;
  readonly who: string;
  /** Bytes that all files together may take. */
  quota = Number.POSITIVE_INFINITY;
  /** The link is no longer good. */
  revoked = false;
  readonly removals: Removal[] = [];
  readonly relocations: Relocation[] = [];
  readonly #revisions: Revision[] = [];
  readonly #now: () => number;
  readonly #commitListeners = new Set<() => void>();
  #ids = 0;
  #revs = 0x5f0000001;
  #changes = 0;

  /** @param randomness where given, the two halves of a move come in either order. */
  constructor(
    options: {
      readonly who?: string;
      readonly randomness?: Pick<SeededRandomness, "chance">;
      readonly now?: () => number;
    } = {},
  ) {
    this.#now = options.now ?? (() => 0);
    this.who = options.who ?? "Ada Lovelace";
    this.log = new ChangeLog(options.randomness);
  }

  /** Every version of every path, oldest first: what `list_revisions` could still give. */
  get revisions(): readonly Revision[] {
    return this.#revisions;
  }

  /** Grows with every change of the account, told of or not. */
  get changes(): number {
    return this.#changes;
  }

  onCommit(listener: () => void): () => void {
    this.#commitListeners.add(listener);
    return () => this.#commitListeners.delete(listener);
  }

  lookup(path: string): DropboxItem | undefined {
    let item: DropboxItem | undefined = this.root;
    for (const name of pathComponents(path as RelativePath)) {
      if (item?.kind !== "folder") return undefined;
      item = item.children.get(nameKey(name));
    }
    return item;
  }

  /** With the true case of every component. */
  pathOf(item: DropboxItem): RelativePath {
    return item.parent === null ? ("" as RelativePath) : joinPath(this.pathOf(item.parent), item.name);
  }

  /** All below, parents first. */
  *walk(folder: DropboxFolder): Generator<DropboxItem> {
    for (const child of folder.children.values()) {
      yield child;
      if (child.kind === "folder") yield* this.walk(child);
    }
  }

  used(): number {
    let bytes = 0;
    for (const item of this.walk(this.root)) if (item.kind === "file") bytes += item.content.length;
    return bytes;
  }

  createFolder(path: string): DropboxFolder {
    checkNames(path);
    if (this.lookup(path) !== undefined) throw new DropboxError("conflict", `${path}: something is there`);
    const folder = this.#ensureFolder(path as RelativePath);
    this.#committed();
    return folder;
  }

  /** What has this content already stays as it is, unless nothing was to be there. */
  upload(path: string, content: Uint8Array, options: UploadOptions = {}): DropboxFile {
    checkNames(path);
    const { base } = options;
    const hash = contentHash(content) as ContentHash;
    const present = this.lookup(path);
    if (present?.kind === "folder") throw new DropboxError("conflict", `${path}: a folder is there`);
    if (present?.downloadable === false) throw new DropboxError("conflict", `${path}: a cloud document is there`);
    if (present?.hash === hash && base !== null) return present;
    if (present !== undefined && base !== undefined && present.rev !== base)
      throw new DropboxError("conflict", `${path}: another version is current`);
    const growth = content.length - (present?.content.length ?? 0);
    if (growth > 0 && this.used() + growth > this.quota)
      throw new DropboxError("insufficient_space", "the account is full");
    const written = { content, hash, mtime: options.mtime ?? 0, rev: this.#newRev() };
    let file: DropboxFile;
    if (present === undefined) {
      const parent = this.#ensureFolder(parentPath(path as RelativePath));
      const name = canonicalName(baseName(path as RelativePath));
      file = { kind: "file", id: this.#newId(), name, parent, ...written, downloadable: options.downloadable ?? true };
      parent.children.set(nameKey(name), file);
    } else file = Object.assign(present, written);
    this.#keepRevision(file);
    this.log.put(this.pathOf(file));
    this.#committed();
    return file;
  }

  /** A file's content at another path, as a file of its own, with the time that it has there. */
  copy(id: RemoteId, to: string): DropboxFile {
    const source = this.lookup(this.placeOf(id, "" as RelativePath));
    if (source?.kind !== "file" || !source.downloadable) throw new DropboxError("not_found", `${id}: no file to copy`);
    return this.upload(to, source.content, { base: null, mtime: source.mtime });
  }

  /** A folder with what it holds as a new one, in one moment; what it holds is then as with `copy`. */
  copyFolder(id: RemoteId, to: string): DropboxFolder {
    const source = this.lookup(this.placeOf(id, "" as RelativePath));
    if (source?.kind !== "folder") throw new DropboxError("not_found", `${id}: no folder to copy`);
    const from = this.pathOf(source);
    checkNames(to);
    if (isWithin(pathKey(to) as RelativePath, pathKey(from) as RelativePath))
      throw new DropboxError("nested", `${to}: lies within what is to be copied`);
    if (this.lookup(to) !== undefined) throw new DropboxError("conflict", `${to}: something is there`);
    const items = [...this.walk(source)].map((item) => ({
      item,
      path: `${to}${this.pathOf(item).slice(from.length)}`,
    }));
    const growth = items.reduce((sum, { item }) => sum + (item.kind === "file" ? item.content.length : 0), 0);
    if (growth > 0 && this.used() + growth > this.quota)
      throw new DropboxError("insufficient_space", "the account is full");
    const folder = this.createFolder(to);
    for (const { item, path } of items) {
      if (item.kind === "folder") this.#ensureFolder(path as RelativePath);
      else this.upload(path, item.content, { base: null, mtime: item.mtime, downloadable: item.downloadable });
    }
    return folder;
  }

  /** What is at a path. @throws DropboxError `not_found`, and `disallowed_name` where no name can be so */
  find(path: string): DropboxItem {
    for (const name of pathComponents(path as RelativePath)) {
      const problem = nameProblem(name);
      if (problem?.tag === "malformed_path") throw new DropboxError("disallowed_name", problem.sentence);
    }
    const item = this.lookup(path);
    if (item === undefined) throw new DropboxError("not_found", `${path}: nothing is there`);
    return item;
  }

  /** Where what has the id is by now; with null, the path. @throws DropboxError `not_found` */
  placeOf(id: RemoteId | null, path: RelativePath): RelativePath {
    if (id === null) return path;
    for (const item of this.walk(this.root)) if (item.id === id) return this.pathOf(item);
    throw new DropboxError("not_found", `${id}: nothing has this id`);
  }

  /**
   * Files and whole folders.
   * @param caseOnly what becomes of a change of case only: the API keeps the name and says that all is well; pages rename,
   * but nobody is told (specification, `path_display`)
   */
  move(from: string, to: string, caseOnly: "keep-name" | "rename"): DropboxItem {
    const item = this.find(from);
    if (item.parent === null) throw new DropboxError("disallowed_name", "the whole Dropbox can't be moved");
    checkNames(to);
    const name = canonicalName(baseName(to as RelativePath));
    if (pathKey(from) === pathKey(to)) {
      if (this.pathOf(item) === canonicalName(to)) throw new DropboxError("nested", `${to}: that is its path`);
      if (caseOnly === "rename") {
        item.name = name;
        this.#changes++;
      }
      return item;
    }
    if (isWithin(pathKey(to) as RelativePath, pathKey(from) as RelativePath))
      throw new DropboxError("nested", `${to}: lies within what is to be moved`);
    if (this.lookup(to) !== undefined) throw new DropboxError("conflict", `${to}: something is there`);
    const parent = this.#ensureFolder(parentPath(to as RelativePath));
    const before = this.#subtree(item);
    item.parent.children.delete(nameKey(item.name));
    item.parent = parent;
    item.name = name;
    parent.children.set(nameKey(name), item);
    for (const moved of item.kind === "folder" ? [item, ...this.walk(item)] : [item]) {
      if (moved.kind !== "file") continue;
      moved.rev = this.#newRev();
      this.#keepRevision(moved);
    }
    this.log.move(before, this.#subtree(item));
    this.relocations.push({ from: pathKey(from), to: pathKey(to), at: this.#now() });
    this.#committed();
    return item;
  }

  /** @param rev where given, it must be a file's current one. */
  remove(path: string, rev?: Rev): void {
    const item = this.find(path);
    if (item.parent === null) throw new DropboxError("disallowed_name", "the whole Dropbox can't be deleted");
    if (rev !== undefined && (item.kind !== "file" || item.rev !== rev))
      throw new DropboxError("conflict", `${path}: another version is current`);
    const before = this.#subtree(item);
    item.parent.children.delete(nameKey(item.name));
    this.log.remove(before);
    const at = this.#now();
    const isUnseen = (one: DropboxItem) => one.kind === "file" && at - this.#savedAt(one) < UNSEEN;
    const below = item.kind === "folder" ? [...this.walk(item)] : [];
    this.removals.push({ key: pathKey(path), at, unseen: new Set(below.filter(isUnseen) as DropboxFile[]) });
    this.#committed();
  }

  /** The paths of an item and all below, parents first. */
  #subtree(item: DropboxItem): RelativePath[] {
    const items = item.kind === "folder" ? [item, ...this.walk(item)] : [item];
    return items.map((one) => this.pathOf(one));
  }

  #ensureFolder(path: RelativePath): DropboxFolder {
    const present = this.lookup(path);
    if (present?.kind === "file") throw new DropboxError("conflict", `${path}: a file is there`);
    if (present !== undefined) return present;
    const parent = this.#ensureFolder(parentPath(path));
    const name = canonicalName(baseName(path));
    const folder: DropboxFolder = { kind: "folder", id: this.#newId(), name, parent, children: new Map() };
    parent.children.set(nameKey(name), folder);
    this.log.put(this.pathOf(folder));
    return folder;
  }

  #keepRevision(file: DropboxFile): void {
    const { rev, hash, content } = file;
    this.#revisions.push({ key: pathKey(this.pathOf(file)), rev, hash, content, at: this.#now() });
  }

  #savedAt({ rev }: DropboxFile): number {
    return this.#revisions.findLast((one) => one.rev === rev)?.at ?? Number.NEGATIVE_INFINITY;
  }

  #newId(): RemoteId {
    return `id:${String(++this.#ids).padStart(6, "0")}` as RemoteId;
  }

  #newRev(): Rev {
    return (this.#revs++).toString(16) as Rev;
  }

  #committed(): void {
    this.#changes++;
    for (const listener of [...this.#commitListeners]) listener();
  }
}

function checkNames(path: string): void {
  for (const name of pathComponents(path as RelativePath)) {
    const refusal = nameRefusal(name);
    if (refusal !== null) throw new DropboxError("disallowed_name", refusal);
  }
}
