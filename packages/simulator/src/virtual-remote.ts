import { canonicalName, MAXIMUM_FILE_SIZE, nameKey, nameRefusal } from "@twinfold/dropbox-rules";
import {
  type ChangePage,
  type Clock,
  type CommitGate,
  joinPath,
  type Name,
  type NameKey,
  type ReadResult,
  type RelativePath,
  type Remote,
  type RemoteEntry,
  RemoteError,
  type RemoteNames,
  type RemoteRead,
  type RemoteWrite,
  type WriteResult,
} from "@twinfold/engine";
import { Calls, type FaultHook, never } from "./faults.ts";
import { RemoteCursors } from "./remote-cursors.ts";
import { asRemoteError } from "./remote-errors.ts";
import { DropboxError, type VirtualDropbox } from "./virtual-dropbox.ts";
import { VirtualWrites } from "./virtual-writes.ts";

export interface VirtualRemoteOptions {
  readonly clock: Clock;
  /** The session's folder in the account, without a slash at the beginning. */
  readonly folder: string;
  /** Calls are named `createRoot`, `changes` (each page), `wait`, `lookup`, `write` (each batch), `read` (each file). */
  readonly faults?: FaultHook;
  /** Entries of one page of changes. */
  readonly pageSize?: () => number;
  /** Writes of one commit. */
  readonly batchSize?: () => number;
  /** How the parents of a path are spelled in answers: Dropbox promises only the last component's case. */
  readonly spellParents?: (parents: string) => string;
  /** Whether changes that were read to their end lack the second half of a move, which a second look then shows. */
  readonly endsAmidMove?: () => boolean;
  /** Bytes of one piece of a download. */
  readonly pieceSize?: number;
  /** Milliseconds until a long poll answers although nothing changed. */
  readonly pollLength?: number;
}

/** Dropbox's names, from the rules that all our parts share. */
export const dropboxNames: RemoteNames = {
  key: (name) => nameKey(name) as NameKey,
  canonical: (name) => canonicalName(name) as Name,
  refusal: nameRefusal,
  maximumFileSize: MAXIMUM_FILE_SIZE,
};

/** A folder of a virtual Dropbox as the engine's port sees it: one connection, as of one process. */
export class VirtualRemote implements Remote {
  readonly names = dropboxNames;
  readonly who: string;
  readonly #dropbox: VirtualDropbox;
  readonly #options: VirtualRemoteOptions;
  readonly #folder: RelativePath;
  readonly #calls: Calls;
  readonly #cursors: RemoteCursors;
  readonly #writes: VirtualWrites;

  constructor(dropbox: VirtualDropbox, options: VirtualRemoteOptions) {
    this.#dropbox = dropbox;
    this.#options = options;
    this.who = dropbox.who;
    this.#folder = options.folder as RelativePath;
    this.#calls = new Calls("remote", options.clock, options.faults);
    this.#cursors = new RemoteCursors(dropbox, {
      folder: this.#folder,
      pageSize: options.pageSize ?? (() => 2000),
      spellParents: options.spellParents ?? ((parents) => parents),
      endsAmidMove: options.endsAmidMove ?? (() => false),
    });
    this.#writes = new VirtualWrites({
      dropbox,
      at: (path) => this.#at(path),
      entry: (item) => this.#cursors.entry(item),
      call: (subject, effect) => this.#run("write", subject, effect),
      alive: () => (this.#calls.dead ? never() : Promise.resolve()),
      batchSize: options.batchSize ?? (() => 1000),
    });
  }

  /** As `kill -9` of the process. What Dropbox has begun to commit in one moment is committed, nothing else. */
  kill(): void {
    this.#calls.kill();
  }

  /** Dropbox forgets the cursors that this connection was given. */
  resetCursors(): void {
    this.#cursors.reset();
  }

  createRoot(): Promise<void> {
    return this.#run("createRoot", "", () => {
      if (this.#dropbox.lookup(this.#folder)?.kind !== "folder") this.#dropbox.createFolder(this.#folder);
    });
  }

  async *changes(cursor: string | null, signal: AbortSignal): AsyncGenerator<ChangePage> {
    for (let next = cursor, more = true; more; ) {
      signal.throwIfAborted();
      const page: ChangePage = await this.#run("changes", next ?? "", () => this.#cursors.page(next));
      signal.throwIfAborted();
      yield page;
      next = page.cursor;
      more = page.hasMore;
    }
  }

  async waitForChange(cursor: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await this.#run("wait", cursor, async () => {
      if (this.#cursors.hasChanges(cursor) || signal.aborted) return;
      const end = new AbortController();
      const stop = () => end.abort("woken");
      signal.addEventListener("abort", stop, { once: true });
      // Commits elsewhere in the account are not heard of.
      const stopListening = this.#dropbox.onCommit(() => {
        if (this.#isHeard(cursor)) end.abort("woken");
      });
      await this.#options.clock.sleep(this.#options.pollLength ?? 60_000, end.signal);
      stopListening();
      signal.removeEventListener("abort", stop);
    });
  }

  lookup(path: RelativePath, signal: AbortSignal): Promise<RemoteEntry | null> {
    signal.throwIfAborted();
    return this.#run("lookup", path, () => {
      try {
        return this.#cursors.entry(this.#dropbox.find(this.#at(path)));
      } catch (error) {
        if (error instanceof DropboxError && error.tag === "not_found") return null;
        throw error;
      }
    });
  }

  write(
    writes: readonly RemoteWrite[],
    gate: CommitGate,
    report: (results: readonly WriteResult[]) => void,
    signal: AbortSignal,
  ): Promise<void> {
    return this.#writes.write(writes, gate, report, signal);
  }

  async read(
    reads: readonly RemoteRead[],
    _extent: unknown,
    report: (result: ReadResult) => void,
    signal: AbortSignal,
  ): Promise<void> {
    signal.throwIfAborted();
    await Promise.all(
      reads.map(async (read) => {
        try {
          await this.#readOne(read, signal);
        } catch (error) {
          if (signal.aborted) return;
          report({ key: read.key, error: asRemoteError(error) });
          return;
        }
        if (!signal.aborted) report({ key: read.key });
      }),
    );
    signal.throwIfAborted();
  }

  async #readOne(read: RemoteRead, signal: AbortSignal): Promise<void> {
    let content: Uint8Array | undefined;
    try {
      await this.#run("read", read.path, () => {
        const item = this.#dropbox.find(this.#dropbox.placeOf(read.id, this.#at(read.path)));
        if (item.kind !== "file") throw new RemoteError("conflict", `${read.path} is no file`);
        if (!item.downloadable) throw new RemoteError("refused", `${read.path} is a cloud document, without bytes`);
        if (item.hash !== read.hash) throw new RemoteError("mismatch", `${read.path} has changed meanwhile`);
        content = item.content;
      });
    } catch (error) {
      if (content === undefined || signal.aborted) throw error;
      // Other bytes than were announced do arrive: it is the receiver who has the hash.
      if (error instanceof RemoteError && error.code === "mismatch")
        return await read.accept(this.#pieces(garbled(content), read, signal, null));
      // The connection broke in the middle; the second attempt gets all of it.
      const half = this.#pieces(content.subarray(0, content.length >> 1), read, signal, asRemoteError(error));
      await read.accept(half).catch(() => undefined);
    }
    signal.throwIfAborted();
    if (content === undefined) throw new TypeError("a call ended without its effect");
    await read.accept(this.#pieces(content, read, signal, null));
  }

  async *#pieces(
    content: Uint8Array,
    read: RemoteRead,
    signal: AbortSignal,
    end: Error | null,
  ): AsyncGenerator<Uint8Array> {
    const size = this.#options.pieceSize ?? 65_536;
    let told = 0;
    for (let at = 0; at < content.length; at += size) {
      signal.throwIfAborted();
      const piece = content.slice(at, at + size);
      read.progress?.(piece.length);
      told += piece.length;
      yield piece;
    }
    if (end === null) return;
    read.progress?.(-told);
    throw end;
  }

  #isHeard(cursor: string): boolean {
    try {
      return this.#cursors.hasChanges(cursor);
    } catch {
      // No longer good: the next reading tells why.
      return true;
    }
  }

  #at(path: RelativePath): RelativePath {
    return path === "" ? this.#folder : joinPath(this.#folder, path);
  }

  #run<T>(name: string, subject: string, effect: () => T | Promise<T>): Promise<T> {
    return this.#calls.run(name, subject, async () => {
      // Who polls shows no token.
      if (this.#dropbox.revoked && name !== "wait")
        throw new RemoteError("revoked", "the link was revoked: link the account again");
      try {
        return await effect();
      } catch (error) {
        throw error instanceof DropboxError ? asRemoteError(error) : error;
      }
    });
  }
}

function garbled(content: Uint8Array): Uint8Array {
  if (content.length === 0) return Uint8Array.of(0);
  return content.with(-1, (content.at(-1) ?? 0) ^ 1);
}
