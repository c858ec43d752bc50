import { pathKey } from "@twinfold/dropbox-rules";
import { baseName, parentPath, type RelativePath, type RemoteEntry } from "@twinfold/engine";
import { Labels } from "../labels.ts";
import type { Item, Version } from "./sides.ts";

/** Says what is at a path, so that two accounts can be compared by it. */
export class ItemWords {
  readonly #ids = new Labels("#");
  readonly #revs = new Labels("r");

  /** Of what the port told: only the last component's case is certain. */
  told(entry: RemoteEntry): string {
    const above = parentPath(entry.path);
    const path = above === "" ? entry.path : `${pathKey(above)}/${baseName(entry.path)}`;
    const cloud = entry.kind === "file" && !entry.downloadable ? " in the cloud only" : "";
    return `${path}${this.#what(entry)}${cloud}`;
  }

  /** Of what is there, with the case of all names. */
  there(item: Item): string {
    return `${item.path}${this.#what(item)}`;
  }

  versions(versions: readonly Version[]): string {
    return versions.map(({ rev, hash }) => `${this.#revs.of(rev)} ${hash.slice(0, 6)}`).join(", ");
  }

  #what(item: Item | RemoteEntry): string {
    const id = this.#ids.of(item.id);
    if (item.kind === "folder") return `/ ${id}`;
    const { rev, hash, size, mtime } = item;
    return ` ${id} ${this.#revs.of(rev)} ${hash.slice(0, 6)} ${size} bytes, ${mtime}`;
  }
}

export function byPath<T extends { readonly path: string }>(things: Iterable<T>): T[] {
  const key = ({ path }: T): RelativePath => pathKey(path) as RelativePath;
  return [...things].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
