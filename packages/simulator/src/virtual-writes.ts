import { pathKey } from "@twinfold/dropbox-rules";
import {
  type CommitGate,
  joinPath,
  parentPath,
  type RelativePath,
  type RemoteEntry,
  RemoteError,
  type RemoteId,
  type RemoteWrite,
  type WriteResult,
} from "@twinfold/engine";
import { asRemoteError } from "./remote-errors.ts";
import { checkSource, readSource } from "./upload-source.ts";
import { DropboxError, type DropboxItem, type VirtualDropbox } from "./virtual-dropbox.ts";

type Move = Extract<RemoteWrite, { kind: "move" }>;
type Copy = Extract<RemoteWrite, { kind: "upload" }> & { readonly copyOf: RemoteId };
type Deletion = Extract<RemoteWrite, { kind: "delete" }>;

/** A write and what is to happen for it in one moment. */
interface Commit {
  readonly write: RemoteWrite;
  readonly commit: () => RemoteEntry | null;
}

export interface VirtualWritesParts {
  readonly dropbox: VirtualDropbox;
  /** Where in the account a path of the session's folder is. */
  readonly at: (path: RelativePath) => RelativePath;
  readonly entry: (item: DropboxItem) => RemoteEntry;
  /** One call; its effect happens in one moment. */
  readonly call: <T>(subject: string, effect: () => T) => Promise<T>;
  /** Waits for ever where the process that calls is gone. */
  readonly alive: () => Promise<void>;
  readonly batchSize: () => number;
}

/** The writes of the engine's port, carried out in a virtual Dropbox as the API does them. */
export class VirtualWrites {
  readonly #parts: VirtualWritesParts;

  constructor(parts: VirtualWritesParts) {
    this.#parts = parts;
  }

  async write(
    writes: readonly RemoteWrite[],
    gate: CommitGate,
    report: (results: readonly WriteResult[]) => void,
    signal: AbortSignal,
  ): Promise<void> {
    for (let start = 0; start < writes.length; ) {
      const batch = writes.slice(start, start + Math.max(1, this.#parts.batchSize()));
      start += batch.length;
      const commits: Commit[] = [];
      const rest = await this.#copyFirst(batch, gate, report);
      for (const write of rest.filter((one) => !isRecasing(one))) {
        signal.throwIfAborted();
        try {
          commits.push({ write, commit: await this.#prepare(write) });
        } catch (error) {
          report([{ key: write.key, error: asRemoteError(error) }]);
        }
      }
      if (commits.length > 0) {
        signal.throwIfAborted();
        await gate.share(async () => report(await this.#commit(commits)));
      }
      for (const move of rest.filter(isRecasing)) {
        signal.throwIfAborted();
        await gate.share(async () => report([await this.#recase(move)]));
      }
    }
  }

  /** Contents that are there already are copied, all in one moment. @returns what is still to be written */
  async #copyFirst(
    batch: readonly RemoteWrite[],
    gate: CommitGate,
    report: (results: readonly WriteResult[]) => void,
  ): Promise<readonly RemoteWrite[]> {
    const { dropbox, at, call, entry } = this.#parts;
    const copies: Copy[] = [];
    for (const write of batch.filter(isCopy)) {
      await this.#parts.alive();
      try {
        await checkSource(write);
        copies.push(write);
      } catch (error) {
        report([{ key: write.key, error: asRemoteError(error) }]);
      }
    }
    const rest = batch.filter((write) => !isCopy(write));
    if (copies.length === 0) return rest;
    const left: RemoteWrite[] = [];
    const copied = (copy: Copy): WriteResult[] => {
      const { key, copyOf, hash, path } = copy;
      try {
        const file = dropbox.copy(copyOf, at(path));
        if (file.hash === hash) return [{ key, entry: entry(file) }];
        // Edited meanwhile: what came is another's content, and goes again before anybody sees it.
        dropbox.remove(at(path), file.rev);
        left.push({ ...copy, copyOf: undefined });
        return [];
      } catch (error) {
        if (!(error instanceof DropboxError) || error.tag !== "not_found")
          return [{ key, error: asRemoteError(error) }];
        left.push({ ...copy, copyOf: undefined });
        return [];
      }
    };
    await gate.share(async () => {
      try {
        report(await call(copies.map(({ path }) => `copy ${path}`).join(", "), () => copies.flatMap(copied)));
      } catch (cause) {
        const error = asRemoteError(cause);
        report(copies.map(({ key }) => ({ key, error })));
        left.length = 0;
      }
    });
    return [...left, ...rest];
  }

  /** All that comes before the commit. @returns what is to happen in one moment */
  async #prepare(write: RemoteWrite): Promise<() => RemoteEntry | null> {
    const { dropbox, entry, at } = this.#parts;
    await this.#parts.alive();
    const path = at(write.path);
    switch (write.kind) {
      case "create-folder":
        return () => entry(dropbox.createFolder(path));
      case "copy-folder":
        return () => entry(dropbox.copyFolder(write.from, path));
      case "move":
        return () => this.#move(write, at(write.from), path);
      case "delete":
        return () => this.#remove(write, path);
      case "upload": {
        const { base, mtime } = write;
        const content = await readSource(write);
        return () => entry(dropbox.upload(path, content, { base, mtime }));
      }
      default:
        return write satisfies never;
    }
  }

  /** All that is still wanted, in one moment. */
  async #commit(all: readonly Commit[]): Promise<WriteResult[]> {
    const commits: Commit[] = [];
    const results: WriteResult[] = [];
    for (const one of all) {
      const { write } = one;
      if (write.kind !== "delete" || write.isWanted()) commits.push(one);
      else results.push({ key: write.key, error: new RemoteError("conflict", `${write.path} is no longer to go`) });
    }
    if (commits.length === 0) return results;
    const subject = commits.map(({ write }) => subjectOf(write)).join(", ");
    try {
      results.push(...(await this.#parts.call(subject, () => commits.map(resultOf))));
    } catch (cause) {
      // No answer came: whether it was done, only the account's changes can tell.
      const error = asRemoteError(cause);
      results.push(...commits.map(({ write: { key } }) => ({ key, error })));
    }
    return results;
  }

  /** The API keeps a name when only its case is to change, so it takes two calls, by way of a name of its own. */
  async #recase(move: Move): Promise<WriteResult> {
    const { key, path, from } = move;
    const { call, at } = this.#parts;
    const aside = joinPath(parentPath(path), move.aside);
    try {
      await call(subjectOf({ ...move, path: aside }), () => this.#move(move, at(from), at(aside)));
      return { key, entry: await call(subjectOf(move), () => this.#move(move, at(aside), at(path))) };
    } catch (error) {
      return { key, error: asRemoteError(error) };
    }
  }

  #move({ id }: Move, from: RelativePath, to: RelativePath): RemoteEntry {
    const { dropbox, entry } = this.#parts;
    return entry(dropbox.move(dropbox.placeOf(id, from), to, "keep-name"));
  }

  #remove({ id, rev }: Deletion, path: RelativePath): null {
    const { dropbox } = this.#parts;
    try {
      dropbox.remove(dropbox.placeOf(id, path), ...(rev === null ? [] : [rev]));
    } catch (error) {
      // What is gone already is as it was to be.
      if (!(error instanceof DropboxError) || error.tag !== "not_found") throw error;
    }
    return null;
  }
}

function isCopy(write: RemoteWrite): write is Copy {
  return write.kind === "upload" && write.copyOf !== undefined && write.base === null;
}

function resultOf({ write: { key }, commit }: Commit): WriteResult {
  try {
    return { key, entry: commit() };
  } catch (error) {
    return { key, error: asRemoteError(error) };
  }
}

/** Whether only the case of a name is to change. */
function isRecasing(write: RemoteWrite): write is Move {
  return write.kind === "move" && write.from !== write.path && pathKey(write.from) === pathKey(write.path);
}

function subjectOf(write: RemoteWrite): string {
  return write.kind === "move" ? `move ${write.from} -> ${write.path}` : `${write.kind} ${write.path}`;
}
