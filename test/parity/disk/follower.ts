import {
  type FileSystem,
  type Fingerprint,
  joinPath,
  type LocalIdentity,
  parentPath,
  type RelativePath,
  ROOT_PATH,
  type Watcher,
  type WatchHint,
} from "@twinfold/engine";

/** What is known of one path. */
interface Known {
  readonly kind: string;
  readonly identity: LocalIdentity;
  readonly fingerprint: Fingerprint;
}

/** Knows of a disk what hints led it to, as an engine without sweeps would: what it does not know was lost. */
export class Follower {
  readonly known = new Map<RelativePath, Known>();
  readonly #files: FileSystem;
  readonly #add: Watcher["add"];
  /** What can't be watched is looked at every time. */
  readonly #unwatched = new Set<RelativePath>();

  constructor(files: FileSystem, add: Watcher["add"]) {
    this.#files = files;
    this.#add = add;
  }

  async follow(hints: readonly WatchHint[]): Promise<void> {
    for (const { path, kind } of hints) await this.look(path, kind === "subtree");
    for (const path of [...this.#unwatched]) await this.look(path, false);
  }

  /** At a folder; at a new one below, or with `deep` at any, too. */
  async look(path: RelativePath, deep: boolean): Promise<void> {
    if (path !== ROOT_PATH && this.known.get(path)?.kind !== "folder") return this.look(parentPath(path), false);
    if (deep || this.#unwatched.delete(path))
      for (const refused of await this.#add([path])) this.#unwatched.add(refused);
    for await (const result of this.#files.list([path])) {
      if ("error" in result) {
        if (result.error.code === "not-found" && path !== ROOT_PATH) await this.look(parentPath(path), false);
        return;
      }
      this.known.set(path, result.self);
      const names = new Set<string>(result.unknown.map(({ name }) => name));
      for (const entry of result.entries) names.add(entry.name);
      for (const below of [...this.known.keys()])
        if (below !== ROOT_PATH && parentPath(below) === path && !names.has(below.slice(below.lastIndexOf("/") + 1)))
          this.#forget(below);
      for (const { name, kind, identity, fingerprint } of result.entries) {
        const below = joinPath(path, name);
        const before = this.known.get(below);
        if (before !== undefined && (before.kind !== kind || before.identity !== identity)) this.#forget(below);
        const isNew = this.known.get(below) === undefined;
        this.known.set(below, { kind, identity, fingerprint });
        if (kind === "folder" && (isNew || deep)) await this.look(below, true);
      }
    }
  }

  #forget(path: RelativePath): void {
    for (const known of this.known.keys()) if (known === path || known.startsWith(`${path}/`)) this.known.delete(known);
  }
}
