import { joinPath, parentPath, pathComponents, type RelativePath, ROOT_PATH } from "@twinfold/engine";
import { DiskError, type DiskFolder, type DiskThing } from "./disk-things.ts";

/** Other disks that are mounted over folders of a virtual one, as mount(8) does it: nobody is told, and what was there is hidden. */
export class Volumes {
  readonly #covered = new Map<DiskFolder, DiskThing>();

  get any(): boolean {
    return this.#covered.size > 0;
  }

  /** @param over the folder's own folder */
  mount(over: DiskFolder, name: string, volume: DiskFolder): void {
    const covered = over.children.get(name);
    if (covered?.kind !== "folder") throw new DiskError("ENOTDIR", name);
    this.#covered.set(volume, covered);
    over.children.set(name, volume);
  }

  unmount(over: DiskFolder, name: string): void {
    const volume = over.children.get(name);
    const covered = volume?.kind === "folder" ? this.#covered.get(volume) : undefined;
    if (covered === undefined || volume?.kind !== "folder") throw new DiskError("EINVAL", name);
    this.#covered.delete(volume);
    over.children.set(name, covered);
  }

  /** Nothing that is mounted has its name changed or removed. @throws DiskError EBUSY */
  checkFree(thing: DiskThing, path: RelativePath): void {
    if (thing.kind === "folder" && this.#covered.has(thing)) throw new DiskError("EBUSY", path);
  }

  /** Where something is mounted. */
  points(root: DiskFolder): RelativePath[] {
    return this.any ? [...this.#below(root, ROOT_PATH)] : [];
  }

  /** Where the disk begins that a path lies in; what is mounted at the path itself does not count. */
  of(root: DiskFolder, path: RelativePath): RelativePath {
    if (!this.any) return ROOT_PATH;
    let found = ROOT_PATH;
    let at = ROOT_PATH;
    let folder: DiskThing | undefined = root;
    for (const name of pathComponents(parentPath(path))) {
      at = joinPath(at, name);
      folder = folder?.kind === "folder" ? folder.children.get(name) : undefined;
      if (folder?.kind === "folder" && this.#covered.has(folder)) found = at;
    }
    return found;
  }

  *#below(folder: DiskFolder, path: RelativePath): Generator<RelativePath> {
    for (const [name, child] of folder.children) {
      if (child.kind !== "folder") continue;
      const at = joinPath(path, name);
      if (this.#covered.has(child)) yield at;
      yield* this.#below(child, at);
    }
  }
}
