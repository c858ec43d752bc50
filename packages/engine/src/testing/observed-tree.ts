import type { Remote, RemoteDeletion, RemoteEntry } from "../ports/remote.ts";

/** What the changes that were read from a remote add up to: each path as it was announced, by key. */
export class ObservedTree {
  readonly entries = new Map<string, RemoteEntry>();
  readonly #remote: Pick<Remote, "names" | "changes">;
  cursor: string | null = null;

  constructor(remote: Pick<Remote, "names" | "changes">) {
    this.#remote = remote;
  }

  /** Reads to the end. @returns the changes, in order */
  async read(): Promise<(RemoteEntry | RemoteDeletion)[]> {
    const changes: (RemoteEntry | RemoteDeletion)[] = [];
    for await (const page of this.#remote.changes(this.cursor, new AbortController().signal)) {
      changes.push(...page.changes);
      this.cursor = page.cursor;
    }
    for (const change of changes) this.#apply(change);
    return changes;
  }

  get(path: string): RemoteEntry | undefined {
    return this.entries.get(this.#key(path));
  }

  keys(): string[] {
    return [...this.entries.keys()].sort();
  }

  #key(path: string): string {
    return path
      .split("/")
      .map((name) => this.#remote.names.key(name))
      .join("/");
  }

  #apply(change: RemoteEntry | RemoteDeletion): void {
    if (change.path === "") return;
    const key = this.#key(change.path);
    if (change.kind !== "folder") this.#removeBelow(key);
    if (change.kind === "deleted") this.entries.delete(key);
    else this.entries.set(key, change);
  }

  #removeBelow(key: string): void {
    for (const known of this.entries.keys()) if (known.startsWith(`${key}/`)) this.entries.delete(known);
  }
}
