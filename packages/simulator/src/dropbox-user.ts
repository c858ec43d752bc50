import { type Clock, isWithin, joinPath, type RelativePath } from "@twinfold/engine";
import { DropboxError, type DropboxFile, type DropboxItem, type VirtualDropbox } from "./virtual-dropbox.ts";
import { createTreeReader, textOf, type VisibleTree } from "./visible-tree.ts";

const encoder = new TextEncoder();

/** What a person does in one folder of a virtual Dropbox, by its website or her other computers. */
export class DropboxUser {
  readonly #dropbox: VirtualDropbox;
  readonly #folder: RelativePath;
  readonly #clock: Clock;
  /** Everything that can be downloaded. Empty when the folder is not there. */
  readonly tree: () => VisibleTree;

  /** @param folder in the account, without a slash at the beginning; "" for all of it. */
  constructor(dropbox: VirtualDropbox, folder: string, clock: Clock) {
    this.#dropbox = dropbox;
    this.#folder = folder as RelativePath;
    this.#clock = clock;
    this.tree = createTreeReader(
      () => dropbox.changes,
      () => this.#readTree(),
    );
  }

  /** A new file, or a new version of the one that is there. */
  upload(path: string, content: string | Uint8Array, options: { readonly downloadable?: boolean } = {}): void {
    const bytes = typeof content === "string" ? encoder.encode(content) : content;
    this.#dropbox.upload(this.#at(path), bytes, { mtime: Math.floor(this.#clock.now() / 1000), ...options });
  }

  /** A new version of what is there. @throws DropboxError `not_found` */
  edit(path: string, content: string | Uint8Array): void {
    this.#file(path);
    this.upload(path, content);
  }

  mkdir(path: string): void {
    this.#dropbox.createFolder(this.#at(path));
  }

  move(from: string, to: string): void {
    this.#dropbox.move(this.#at(from), this.#at(to), "rename");
  }

  /** Two things take each other's names. */
  swap(one: string, other: string): void {
    const [from, to] = [this.#at(one), this.#at(other)];
    if (isWithin(from, to) || isWithin(to, from)) throw new DropboxError("nested", `${one}, ${other}`);
    this.#item(one);
    this.#item(other);
    const aside = `${from}.aside`;
    this.#dropbox.move(from, aside, "rename");
    this.#dropbox.move(to, from, "rename");
    this.#dropbox.move(aside, to, "rename");
  }

  remove(path: string): void {
    this.#dropbox.remove(this.#at(path));
  }

  exists(path: string): boolean {
    return this.#dropbox.lookup(this.#at(path)) !== undefined;
  }

  content(path: string): Uint8Array {
    return this.#file(path).content;
  }

  /** What the file is, whatever its name. */
  identity(path: string): string {
    return this.#file(path).id;
  }

  /** Whether a file with this content had just come into a folder that was deleted then. */
  wentUnseen(content: string): boolean {
    return this.#dropbox.removals.some(({ unseen }) => [...unseen].some((file) => textOf(file.content) === content));
  }

  /** Another after each change of what is at the path, or of what it leads to. */
  version(path: string): string {
    const item = this.#dropbox.lookup(this.#at(path));
    return `${item?.id}:${item?.kind === "file" ? item.rev : ""}`;
  }

  /** When it was modified, in whole seconds since 1970. */
  modified(path: string): number {
    return this.#file(path).mtime;
  }

  text(path: string): string {
    return new TextDecoder().decode(this.content(path));
  }

  #readTree(): VisibleTree {
    const folder = this.#dropbox.lookup(this.#folder);
    const found: [string, Uint8Array | null][] = [];
    const visit = (item: DropboxItem, path: RelativePath) => {
      if (item.kind === "file") {
        if (item.downloadable) found.push([path, item.content]);
        return;
      }
      if (path !== "") found.push([path, null]);
      for (const child of item.children.values()) visit(child, joinPath(path, child.name));
    };
    if (folder !== undefined) visit(folder, "" as RelativePath);
    return new Map(found.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #at(path: string): RelativePath {
    return path === "" ? this.#folder : joinPath(this.#folder, path);
  }

  #file(path: string): DropboxFile {
    const item = this.#item(path);
    if (item.kind !== "file") throw new DropboxError("conflict", `${path}: a folder is there`);
    return item;
  }

  #item(path: string): DropboxItem {
    const item = this.#dropbox.lookup(this.#at(path));
    if (item === undefined) throw new DropboxError("not_found", `${path}: nothing is there`);
    return item;
  }
}
