import { pathKey } from "@twinfold/dropbox-rules";
import {
  type ChangePage,
  isWithin,
  parentPath,
  type RelativePath,
  type RemoteDeletion,
  type RemoteEntry,
  RemoteError,
} from "@twinfold/engine";
import type { DropboxFolder, DropboxItem, VirtualDropbox } from "./virtual-dropbox.ts";

/**
 * How far a first listing has been read. Each page shows what is there when it is asked for, in the order of paths: what
 * moves meanwhile may be in none, or in two.
 */
interface Listing {
  /** The key of the last path that it has shown. */
  readonly after: string;
  /** The number of the last change when it began. */
  readonly number: number;
}

export interface RemoteCursorsOptions {
  /** The session's folder in the account. */
  readonly folder: RelativePath;
  readonly pageSize: () => number;
  /** How the parents of a path are spelled this time; only the last component's case is certain. */
  readonly spellParents: (parents: string) => string;
  /** Whether an answer ends amid a move and says that there is no more; whoever asks again hears of the rest. */
  readonly endsAmidMove: () => boolean;
}

/** Reads an account's log of changes as `list_folder` and `list_folder/continue` give it. */
export class RemoteCursors {
  readonly #dropbox: VirtualDropbox;
  readonly #options: RemoteCursorsOptions;
  readonly #listings = new Map<string, Listing>();
  #listingCount = 0;
  #generation = 0;
  /** Whether the changes that are being read, and those that were read last, told of deletions. */
  #told = { now: false, last: false };

  constructor(dropbox: VirtualDropbox, options: RemoteCursorsOptions) {
    this.#dropbox = dropbox;
    this.#options = options;
  }

  /** Every cursor given out so far is no longer good. */
  reset(): void {
    this.#generation++;
    this.#listings.clear();
  }

  /** @throws RemoteError `reset`, `no-root` */
  page(cursor: string | null): ChangePage {
    if (cursor === null) return this.#listingPage({ after: "", number: this.#dropbox.log.last });
    if (cursor.startsWith("list:")) return this.#listingPage(this.#listing(cursor));
    return this.#changePage(this.#numberOf(cursor));
  }

  /** Whether something in the session's folder, or of it, happened since. @throws RemoteError `reset` */
  hasChanges(cursor: string): boolean {
    if (cursor.startsWith("list:")) {
      this.#listing(cursor);
      return true;
    }
    const number = this.#numberOf(cursor);
    if (this.#isGone(number)) return true;
    for (const change of this.#dropbox.log.since(number)) if (change.key.startsWith(`${this.#rootKey}/`)) return true;
    return false;
  }

  /** What is said about one item. */
  entry(item: DropboxItem): RemoteEntry {
    const path = this.#spelled(this.#dropbox.pathOf(item));
    if (item.kind === "folder") return { kind: "folder", path, id: item.id };
    const { id, rev, hash, mtime, downloadable } = item;
    return { kind: "file", path, id, rev, hash, size: item.content.length, mtime, downloadable };
  }

  get #rootKey(): RelativePath {
    return pathKey(this.#options.folder) as RelativePath;
  }

  /** @throws RemoteError `no-root` */
  #root(): DropboxFolder {
    const root = this.#dropbox.lookup(this.#options.folder);
    if (root?.kind !== "folder") throw this.#noRootError();
    return root;
  }

  /** Whether the session's folder is not the one any more that was there at a number, if any is. */
  #isGone(number: number): boolean {
    const there = this.#dropbox.lookup(this.#options.folder);
    return there?.kind !== "folder" || this.#dropbox.log.wentSince(this.#rootKey, number);
  }

  /** @throws RemoteError `reset` */
  #listing(cursor: string): Listing {
    const listing = this.#listings.get(cursor);
    if (listing === undefined) throw this.#resetError();
    return listing;
  }

  #listingPage({ after, number }: Listing): ChangePage {
    if (after !== "" && this.#isGone(number)) throw this.#noRootError();
    const left = [...this.#dropbox.walk(this.#root())]
      .map((item) => ({ item, key: pathKey(this.#dropbox.pathOf(item)) }))
      .filter(({ key }) => key > after)
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    const shown = left.slice(0, this.#options.pageSize());
    const changes = shown.map(({ item }) => this.entry(item));
    const last = shown.at(-1);
    if (last === undefined || shown.length === left.length)
      return { changes, cursor: this.#cursor(number), hasMore: false };
    const cursor = `list:${++this.#listingCount}`;
    this.#listings.set(cursor, { after: last.key, number });
    return { changes, cursor, hasMore: true };
  }

  #changePage(since: number): ChangePage {
    const page = this.#nextChanges(since);
    const deletes = this.#told.now || page.changes.some(({ kind }) => kind === "deleted");
    this.#told = page.hasMore ? { ...this.#told, now: deletes } : { now: false, last: deletes };
    return page;
  }

  #nextChanges(since: number): ChangePage {
    if (this.#isGone(since)) throw this.#noRootError();
    const rootKey = this.#rootKey;
    const most = this.#options.pageSize();
    const changes: (RemoteEntry | RemoteDeletion)[] = [];
    let last = since;
    for (const change of this.#dropbox.log.since(since)) {
      if (changes.length === most) return { changes, cursor: this.#cursor(last), hasMore: true };
      last = change.number;
      if (change.key === rootKey || !isWithin(change.key as RelativePath, rootKey)) continue;
      const item = this.#dropbox.lookup(change.path);
      if (item !== undefined) changes.push(this.entry(item));
      // A folder that is gone took all below along; that is told once.
      else if (this.#dropbox.lookup(parentPath(change.path))?.kind === "folder")
        changes.push({ kind: "deleted", path: this.#spelled(change.path) });
      const isHalf = changes.at(-1)?.kind === "deleted" && this.#dropbox.log.isAmidMove(change.number);
      // Not twice in a row: a second look shows what the first one lacked.
      if (isHalf && !this.#told.last && this.#options.endsAmidMove())
        return { changes, cursor: this.#cursor(last), hasMore: false };
    }
    return { changes, cursor: this.#cursor(last), hasMore: false };
  }

  /** Relative to the session's folder. */
  #spelled(path: RelativePath): RelativePath {
    const relative = this.#options.folder === "" ? path : path.slice(this.#options.folder.length + 1);
    const slash = relative.lastIndexOf("/");
    if (slash < 0) return relative as RelativePath;
    return `${this.#options.spellParents(relative.slice(0, slash))}${relative.slice(slash)}` as RelativePath;
  }

  #cursor(number: number): string {
    return `${this.#generation}:${number}`;
  }

  /** @throws RemoteError `reset` */
  #numberOf(cursor: string): number {
    const [generation, number] = cursor.split(":");
    if (Number(generation) !== this.#generation) throw this.#resetError();
    return Number(number);
  }

  #noRootError(): RemoteError {
    return new RemoteError("no-root", `there is no folder ${this.#options.folder}, or not the one any more that was`);
  }

  #resetError(): RemoteError {
    return new RemoteError("reset", "that cursor is no longer good");
  }
}
