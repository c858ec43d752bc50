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

/** A first listing that is being read page by page: what was there when it began. */
interface Listing {
  readonly root: DropboxFolder;
  readonly entries: readonly RemoteEntry[];
  /** The number of the last change that the listing shows. */
  readonly number: number;
}

export interface RemoteCursorsOptions {
  /** The session's folder in the account. */
  readonly folder: RelativePath;
  readonly pageSize: () => number;
  /** How the parents of a path are spelled this time; only the last component's case is certain. */
  readonly spellParents: (parents: string) => string;
}

/** Reads an account's log of changes as `list_folder` and `list_folder/continue` give it. */
export class RemoteCursors {
  readonly #dropbox: VirtualDropbox;
  readonly #options: RemoteCursorsOptions;
  readonly #listings = new Map<string, Listing>();
  #listingCount = 0;
  #generation = 0;

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
    const root = this.root();
    if (cursor === null) {
      const entries = [...this.#dropbox.walk(root)].map((item) => this.entry(item));
      const name = `list:${this.#generation}:${++this.#listingCount}`;
      this.#listings.set(name, { root, entries, number: this.#dropbox.log.last });
      return this.#listingPage(name, 0);
    }
    if (cursor.startsWith("list:")) {
      const at = cursor.lastIndexOf(":");
      return this.#listingPage(cursor.slice(0, at), Number(cursor.slice(at + 1)));
    }
    return this.#changePage(root, this.#numberOf(cursor, root));
  }

  /** Whether something below the session's folder happened since. @throws RemoteError `reset`, `no-root` */
  hasChanges(cursor: string): boolean {
    const root = this.root();
    if (cursor.startsWith("list:")) return true;
    const prefix = `${pathKey(this.#dropbox.pathOf(root))}/`;
    for (const change of this.#dropbox.log.since(this.#numberOf(cursor, root)))
      if (change.key.startsWith(prefix)) return true;
    return false;
  }

  /** What is said about one item. */
  entry(item: DropboxItem): RemoteEntry {
    const path = this.#spelled(this.#dropbox.pathOf(item));
    if (item.kind === "folder") return { kind: "folder", path, id: item.id };
    const { id, rev, hash, mtime, downloadable } = item;
    return { kind: "file", path, id, rev, hash, size: item.content.length, mtime, downloadable };
  }

  /** @throws RemoteError `no-root` */
  root(): DropboxFolder {
    const root = this.#dropbox.lookup(this.#options.folder);
    if (root?.kind !== "folder") throw new RemoteError("no-root", `there is no folder ${this.#options.folder}`);
    return root;
  }

  #listingPage(name: string, start: number): ChangePage {
    const listing = this.#listings.get(name);
    if (listing === undefined || listing.root !== this.root()) throw this.#resetError();
    const end = Math.min(listing.entries.length, start + this.#options.pageSize());
    const hasMore = end < listing.entries.length;
    const cursor = hasMore ? `${name}:${end}` : this.#cursor(listing.root, listing.number);
    return { changes: listing.entries.slice(start, end), cursor, hasMore };
  }

  #changePage(root: DropboxFolder, since: number): ChangePage {
    const rootKey = pathKey(this.#dropbox.pathOf(root)) as RelativePath;
    const most = this.#options.pageSize();
    const changes: (RemoteEntry | RemoteDeletion)[] = [];
    let last = since;
    for (const change of this.#dropbox.log.since(since)) {
      if (changes.length === most) return { changes, cursor: this.#cursor(root, last), hasMore: true };
      last = change.number;
      if (change.key === rootKey || !isWithin(change.key as RelativePath, rootKey)) continue;
      const item = this.#dropbox.lookup(change.path);
      if (item !== undefined) changes.push(this.entry(item));
      // A folder that is gone took all below along; that is told once.
      else if (this.#dropbox.lookup(parentPath(change.path))?.kind === "folder")
        changes.push({ kind: "deleted", path: this.#spelled(change.path) });
    }
    return { changes, cursor: this.#cursor(root, last), hasMore: false };
  }

  /** Relative to the session's folder. */
  #spelled(path: RelativePath): RelativePath {
    const relative = this.#options.folder === "" ? path : path.slice(this.#options.folder.length + 1);
    const slash = relative.lastIndexOf("/");
    if (slash < 0) return relative as RelativePath;
    return `${this.#options.spellParents(relative.slice(0, slash))}${relative.slice(slash)}` as RelativePath;
  }

  #cursor(root: DropboxFolder, number: number): string {
    return `${this.#generation}:${number}:${root.id}`;
  }

  #numberOf(cursor: string, root: DropboxFolder): number {
    const [generation, number, ...id] = cursor.split(":");
    if (Number(generation) !== this.#generation || id.join(":") !== root.id) throw this.#resetError();
    return Number(number);
  }

  #resetError(): RemoteError {
    return new RemoteError("reset", "that cursor is no longer good");
  }
}
