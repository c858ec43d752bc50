import { canonicalName, contentHash, MAXIMUM_FILE_SIZE, nameKey, nameRefusal } from "@twinfold/dropbox-rules";
import {
  type ChangePage,
  type Clock,
  type CommitGate,
  FileSystemError,
  joinPath,
  type Name,
  type NameKey,
  type ReadResult,
  type RelativePath,
  type Remote,
  type RemoteEntry,
  RemoteError,
  type RemoteErrorCode,
  type RemoteNames,
  type RemoteRead,
  type RemoteWrite,
  type WriteResult,
} from "@twinfold/engine";
import { Calls, type FaultHook } from "./faults.ts";
import { RemoteCursors } from "./remote-cursors.ts";
import { DropboxError, type DropboxErrorTag, type VirtualDropbox } from "./virtual-dropbox.ts";

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
      const there = this.#dropbox.lookup(this.#folder);
      if (there === undefined) this.#dropbox.createFolder(this.#folder);
      else if (there.kind === "file") throw new RemoteError("refused", `a file is at ${this.#folder}: move it away`);
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
      const stop = () => end.abort();
      signal.addEventListener("abort", stop, { once: true });
      // Commits elsewhere in the account are not heard of.
      const stopListening = this.#dropbox.onCommit(() => {
        if (this.#isHeard(cursor)) end.abort();
      });
      await this.#options.clock.sleep(this.#options.pollLength ?? 60_000, end.signal);
      stopListening();
      signal.removeEventListener("abort", stop);
    });
  }

  lookup(path: RelativePath, signal: AbortSignal): Promise<RemoteEntry | null> {
    signal.throwIfAborted();
    return this.#run("lookup", path, () => {
      const item = this.#dropbox.lookup(this.#at(path));
      return item === undefined ? null : this.#cursors.entry(item);
    });
  }

  async write(
    writes: readonly RemoteWrite[],
    gate: CommitGate,
    report: (results: readonly WriteResult[]) => void,
    signal: AbortSignal,
  ): Promise<void> {
    for (let start = 0; start < writes.length; ) {
      const size = Math.max(1, this.#options.batchSize?.() ?? 1000);
      const batch = writes.slice(start, start + size);
      start += size;
      const commits: { readonly write: RemoteWrite; readonly commit: () => RemoteEntry | null }[] = [];
      for (const write of batch) {
        signal.throwIfAborted();
        try {
          commits.push({ write, commit: await this.#prepare(write) });
        } catch (error) {
          report([{ key: write.key, error: asRemoteError(error) }]);
        }
      }
      if (commits.length === 0) continue;
      signal.throwIfAborted();
      await gate.share(async () => {
        let results: WriteResult[];
        const subject = commits.map(({ write }) => `${write.kind} ${write.path}`).join(", ");
        try {
          results = await this.#run("write", subject, () =>
            commits.map(({ write: { key }, commit }): WriteResult => {
              try {
                return { key, entry: commit() };
              } catch (error) {
                return { key, error: asRemoteError(error) };
              }
            }),
          );
        } catch (cause) {
          // No answer came: whether it was done, only the account's changes can tell.
          const error = asRemoteError(cause);
          results = commits.map(({ write: { key } }) => ({ key, error }));
        }
        report(results);
      });
    }
  }

  async read(reads: readonly RemoteRead[], report: (result: ReadResult) => void, signal: AbortSignal): Promise<void> {
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
        const item = this.#dropbox.lookup(this.#at(read.path));
        if (item?.kind !== "file") throw new RemoteError("not-found", `${read.path}: no file is there any more`);
        if (!item.downloadable) throw new RemoteError("refused", `${read.path} is a cloud document, without bytes`);
        // As a download by path: whatever version is current. The receiver has the hash.
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

  /** All that comes before the commit. @returns what is to happen in one moment */
  async #prepare(write: RemoteWrite): Promise<() => RemoteEntry | null> {
    if (this.#calls.dead) return this.#calls.run("dead", "", () => () => null);
    const path = this.#at(write.path);
    switch (write.kind) {
      case "create-folder":
        return () => this.#cursors.entry(this.#dropbox.createFolder(path));
      case "move":
        return () => this.#cursors.entry(this.#dropbox.move(this.#placeOf(write, this.#at(write.from)), path));
      case "delete":
        return () => {
          const { rev } = write;
          if (!write.isWanted()) throw new DropboxError("conflict", `${write.path} is no longer to be deleted`);
          this.#dropbox.remove(this.#placeOf(write, path), ...(rev === null ? [] : [rev]));
          return null;
        };
      case "upload": {
        const { base, mtime } = write;
        const content = await readSource(write);
        return () => this.#cursors.entry(this.#dropbox.upload(path, content, { base, mtime }));
      }
      default:
        return write satisfies never;
    }
  }

  /** Where what has the id is now. */
  #placeOf({ id }: Extract<RemoteWrite, { kind: "move" | "delete" }>, known: RelativePath): string {
    if (id === null) return known;
    const path = this.#dropbox.pathOfId(id);
    if (path === undefined) throw new DropboxError("not_found", `${id}: nothing has this id`);
    return path;
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
      if (this.#dropbox.revoked) throw new RemoteError("revoked", "the link was revoked: link the account again");
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

type Upload = Extract<RemoteWrite, { kind: "upload" }>;

/** Reads what is to be uploaded. @throws RemoteError `refused`, `source-changed`, `mismatch` */
async function readSource(write: Upload): Promise<Uint8Array> {
  if (write.size > MAXIMUM_FILE_SIZE) throw new RemoteError("refused", `${write.path} is too large for Dropbox`);
  try {
    const file = await write.open();
    try {
      const pieces: Uint8Array[] = [];
      for await (const piece of file.read(0, write.size)) {
        pieces.push(piece);
        write.progress?.(piece.length);
      }
      if (!(await file.verify())) throw new RemoteError("source-changed", `${write.path} changed while it was read`);
      const content = Buffer.concat(pieces);
      if (content.length !== write.size || contentHash(content) !== write.hash)
        throw new RemoteError("mismatch", `${write.path} has other content than its hash says`);
      return content;
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
    throw new RemoteError("source-changed", `${write.path} could not be read: ${error.message}`, { cause: error });
  }
}

const codes: Readonly<Record<DropboxErrorTag, RemoteErrorCode>> = {
  not_found: "not-found",
  conflict: "conflict",
  disallowed_name: "refused",
  insufficient_space: "full",
  nested: "conflict",
};

/** @throws what is no error of the world but a defect */
function asRemoteError(error: unknown): RemoteError {
  if (error instanceof RemoteError) return error;
  if (error instanceof DropboxError) return new RemoteError(codes[error.tag], error.message, { cause: error });
  // The receiver's disk refused what arrived.
  if (error instanceof FileSystemError) return new RemoteError("mismatch", error.message, { cause: error });
  throw error;
}
