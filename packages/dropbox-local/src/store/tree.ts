import { freePath } from "./autorename.ts";
import type { Entries, Entry, FileEntry } from "./entries.ts";
import { DeleteFailure, WriteFailure } from "./failures.ts";
import type { NamespaceStates } from "./namespace-state.ts";
import { type FullPath, nameOf, parentOf } from "./paths.ts";
import type { Recasings } from "./recasings.ts";
import type { Revisions } from "./revisions.ts";

/** What a writer wants to happen where a file is already. `update`: only over the version with this number. */
export type WriteMode = "add" | "overwrite" | { readonly update: number };

export interface FileWrite {
  readonly hash: string;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly clientModified: number;
  readonly mode: WriteMode;
  readonly autorename: boolean;
  /** Equal content, and an update of a file that is gone, are conflicts too. */
  readonly strict: boolean;
}

/** What a row holds beside its place. */
type Holding = Pick<Entry, "folder" | "id" | "hash" | "size" | "clientModified">;

/**
 * One account's tree of files as it changes: each method is one of Dropbox's writes, to be called within a transaction. Keeps
 * revisions, the change log, and the sum of bytes right.
 */
export class Tree {
  readonly entries: Entries;
  readonly revisions: Revisions;
  readonly states: NamespaceStates;
  readonly recasings: Recasings;
  /** How much may be below a folder that is removed or put elsewhere: fewer entries than these. */
  readonly maximumEntries: number;
  readonly #now: () => number;

  constructor(
    entries: Entries,
    revisions: Revisions,
    recasings: Recasings,
    states: NamespaceStates,
    maximumEntries: number,
    now: () => number,
  ) {
    this.entries = entries;
    this.revisions = revisions;
    this.recasings = recasings;
    this.states = states;
    this.maximumEntries = maximumEntries;
    this.#now = now;
  }

  /**
   * Puts a file at a path, with its missing parents. Equal content that is there already stays as it is: nothing is written.
   * @throws WriteFailure a conflict, or `insufficient_space`
   */
  putFile(ns: number, path: FullPath, write: FileWrite): Entry {
    const there = this.entries.alive(ns, path.key);
    if (there !== undefined && !there.folder && there.hash === write.hash) {
      const current =
        write.mode === "overwrite" || (typeof write.mode === "object" && write.mode.update === there.stamp);
      if (!write.strict || current) return there;
    }
    const conflict = this.#conflict(there, write);
    if (conflict === null) return this.#writeFile(ns, path, there, write);
    if (!write.autorename) throw new WriteFailure({ conflict });
    const style = typeof write.mode === "object" ? "conflicted-copy" : "number";
    const free = freePath(path, style, (key) => this.entries.alive(ns, key) !== undefined);
    return this.#writeFile(ns, free, undefined, write);
  }

  #conflict(there: Entry | undefined, write: FileWrite): "file" | "folder" | null {
    if (there === undefined) return typeof write.mode === "object" && write.strict ? "file" : null;
    if (there.folder) return "folder";
    if (write.mode === "overwrite") return null;
    return typeof write.mode === "object" && write.mode.update === there.stamp ? null : "file";
  }

  #writeFile(ns: number, path: FullPath, there: Entry | undefined, write: FileWrite): Entry {
    this.claimSpace(ns, write.size - (there?.size ?? 0));
    const holding = {
      folder: false,
      id: there?.id ?? this.states.newId(ns),
      hash: write.hash,
      size: write.size,
      clientModified: write.clientModified,
    };
    return this.place(ns, there ?? path, holding);
  }

  /** @throws WriteFailure a conflict with what is there or with a file where a parent should be */
  makeFolder(ns: number, path: FullPath, autorename: boolean): Entry {
    const there = this.entries.alive(ns, path.key);
    if (there !== undefined && !autorename) throw new WriteFailure({ conflict: there.folder ? "folder" : "file" });
    const free =
      there === undefined ? path : freePath(path, "number", (key) => this.entries.alive(ns, key) !== undefined);
    return this.place(ns, free, this.#newFolder(ns));
  }

  /** Brings a deleted file's version back, or makes an older one the present one. @throws WriteFailure */
  restore(ns: number, revision: FileEntry): Entry {
    const there = this.entries.alive(ns, revision.key);
    if (there?.folder) throw new WriteFailure({ conflict: "folder" });
    if (there?.hash === revision.hash) return there;
    this.claimSpace(ns, revision.size - (there?.size ?? 0));
    // A deleted file comes back as itself, unless it lives on elsewhere under its id.
    const free = this.entries.aliveById(ns, revision.id) === undefined;
    return this.place(ns, there ?? revision, {
      folder: false,
      id: there?.id ?? (free ? revision.id : this.states.newId(ns)),
      hash: revision.hash,
      size: revision.size,
      clientModified: revision.clientModified,
    });
  }

  /** Whether a folder holds more than may be removed or put elsewhere at once. */
  isTooLarge({ ns, key }: Entry): boolean {
    return this.entries.countBelow(ns, key, this.maximumEntries) >= this.maximumEntries;
  }

  /** Removes a file, or a folder with all that is in it. @throws DeleteFailure `too_many_files` */
  remove(entry: Entry): void {
    const { ns, key } = entry;
    if (entry.folder) {
      if (this.isTooLarge(entry)) throw new DeleteFailure("too_many_files");
      this.states.write(ns).used -= this.entries.sizeBelow(ns, key);
    } else this.states.write(ns).used -= entry.size;
    this.bury(entry);
  }

  /** Turns an entry, and all below it, into tombstones; the space they took is the caller's business. */
  bury(entry: Entry): void {
    const now = this.#now();
    const seq = this.states.newSeq(entry.ns);
    if (entry.folder) this.entries.buryBelow(entry.ns, entry.key, seq, now);
    this.entries.update({ ...entry, deleted: true, seq, serverModified: now });
  }

  /** Spells an entry's name anew, which is the same name but for its case: cursors are not told (specification, path_display). */
  recase(entry: Entry, name: string): Entry {
    const folder = this.entries.alive(entry.ns, parentOf(entry.key));
    const recased = { ...entry, display: `${folder?.display ?? ""}/${name}` };
    this.entries.update(recased);
    this.entries.redisplayBelow(entry.ns, entry.key, recased.display);
    const seq = this.states.newSeq(entry.ns);
    this.recasings.add(entry, { before: nameOf(entry.display), seq, at: this.#now() });
    return recased;
  }

  /** Puts something at a path where nothing of another identity is; files get a new rev. Parents are made as needed. */
  place(ns: number, path: FullPath, holding: Holding): Entry {
    const parent = this.#parentOf(ns, path);
    const there = this.entries.find(ns, path.key);
    const name = nameOf(path.display);
    const placed = {
      ...holding,
      ns,
      key: path.key,
      parent: parent.row,
      deleted: false,
      display: there?.deleted === false ? there.display : `${parent.display}/${name}`,
      stamp: holding.folder ? 0 : this.states.newStamp(ns, this.#now()),
      seq: this.states.newSeq(ns),
      serverModified: this.#now(),
    };
    // Who reads the log from before the deletion must still hear of it: what was in the folder is gone.
    if (there?.deleted && there.folder && there.seq > 0) this.entries.rememberForgotten(there);
    const entry = there === undefined ? this.entries.insert(placed) : { ...placed, row: there.row };
    if (there !== undefined) this.entries.update(entry);
    if (entry.hash !== null) this.revisions.add({ ...entry, hash: entry.hash });
    return entry;
  }

  /** The folder that holds `path`, made with its own parents where it is missing. @throws WriteFailure `file_ancestor` */
  #parentOf(ns: number, path: FullPath): Entry {
    const key = parentOf(path.key);
    const there = this.entries.alive(ns, key);
    if (there === undefined) return this.place(ns, { key, display: parentOf(path.display) }, this.#newFolder(ns));
    if (!there.folder) throw new WriteFailure({ conflict: "file_ancestor" });
    return there;
  }

  #newFolder(ns: number): Holding {
    return { folder: true, id: this.states.newId(ns), hash: null, size: 0, clientModified: 0 };
  }

  /** Counts bytes as used. @throws WriteFailure `insufficient_space` */
  claimSpace(ns: number, bytes: number): void {
    const state = this.states.write(ns);
    if (bytes > 0 && state.used + bytes > state.quota) throw new WriteFailure("insufficient_space");
    state.used += bytes;
  }
}
