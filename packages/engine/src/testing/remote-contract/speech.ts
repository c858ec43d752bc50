import { afterEach, beforeEach, expect } from "vitest";
import { transientName } from "../../plan/names.ts";
import type { OpenFile } from "../../ports/file-system.ts";
import {
  type CommitGate,
  type Remote,
  type RemoteEntry,
  RemoteError,
  type RemoteErrorCode,
  type RemoteFile,
  type RemoteRead,
  type RemoteWrite,
  type WriteResult,
} from "../../ports/remote.ts";
import {
  baseName,
  type ContentHash,
  isWithin,
  type RelativePath,
  type RemoteId,
  type Rev,
} from "../../ports/values.ts";
import { ObservedTree } from "../observed-tree.ts";

/** What a contract run works on: one folder of one account, empty at first, and not yet made. */
export interface RemoteUnderTest {
  readonly remote: Remote;
  /** Another connection to the same folder: what it does, `remote` learns of from changes only. */
  readonly other: Remote;
  /** The remote's hash of these bytes. */
  hash(content: Uint8Array): ContentHash;
  close(): Promise<void>;
}

export const never = new AbortController().signal;
export const at = (path: string) => path as RelativePath;
export const bytesOf = (text: string) => new TextEncoder().encode(text);
/** When every file here was modified. */
export const TIME = 1_700_000_000;

const openGate: CommitGate = { share: (commit) => commit() };

/** A source in memory that holds still. */
export function sourceOf(content: Uint8Array, verified = true): OpenFile {
  return {
    size: content.length,
    async *read(start, end) {
      if (end > start) yield content.subarray(start, end);
    },
    verify: async () => verified,
    close: async () => undefined,
  };
}

export async function collect(content: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of content) pieces.push(piece.slice());
  return Buffer.concat(pieces).toString("utf8");
}

export async function refused(code: RemoteErrorCode | readonly RemoteErrorCode[], promise: Promise<unknown>) {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RemoteError);
  expect([code].flat()).toContain((error as RemoteError).code);
  expect((error as RemoteError).message).not.toBe("");
}

/** How the tests of the contract speak to the remote that is made anew for each of them. */
export function speakTo(makeRemote: () => Promise<RemoteUnderTest>) {
  let made: RemoteUnderTest;
  let tree: ObservedTree;
  let nextKey = 1;

  beforeEach(async () => {
    made = await makeRemote();
    tree = new ObservedTree(made.remote);
    nextKey = 1;
  });
  afterEach(() => made.close());

  async function writeAll(writes: readonly RemoteWrite[], gate = openGate, through = made.remote) {
    const results = new Map<number, WriteResult>();
    await through.write(
      writes,
      gate,
      (reported) => {
        for (const result of reported) {
          if (results.has(result.key)) throw new Error(`key ${result.key} was reported twice`);
          results.set(result.key, result);
        }
      },
      never,
    );
    expect([...results.keys()].sort((a, b) => a - b)).toEqual(writes.map((write) => write.key).sort((a, b) => a - b));
    return results;
  }

  async function write(one: RemoteWrite, through = made.remote): Promise<RemoteEntry | null> {
    const result = (await writeAll([one], openGate, through)).get(one.key);
    if (result === undefined) throw new Error("no result");
    if ("error" in result) throw result.error;
    return result.entry;
  }

  function upload(path: string, content: string | Uint8Array, base: Rev | null = null) {
    const bytes = typeof content === "string" ? bytesOf(content) : content;
    return {
      kind: "upload" as const,
      key: nextKey++,
      path: at(path),
      base,
      size: bytes.length,
      hash: made.hash(bytes),
      mtime: TIME,
      open: async () => sourceOf(bytes),
    };
  }

  async function uploaded(
    path: string,
    content: string,
    base: Rev | null = null,
    through = made.remote,
  ): Promise<RemoteFile> {
    const entry = await write(upload(path, content, base), through);
    if (entry?.kind !== "file") throw new Error(`${path} did not become a file`);
    return entry;
  }

  function readOf(file: RemoteFile, accept: RemoteRead["accept"]): RemoteRead {
    const { path, id, rev, size, hash } = file;
    return { key: nextKey++, path, id, rev, size, hash, accept };
  }

  async function readAll(reads: readonly RemoteRead[]): Promise<Map<number, RemoteError | undefined>> {
    const reported = new Map<number, RemoteError | undefined>();
    await made.remote.read(
      reads,
      // Nothing but what is wanted.
      (folder) => {
        const inside = reads.filter(({ path }) => isWithin(path, folder));
        return { entries: inside.length, bytes: inside.reduce((sum, { size }) => sum + size, 0) };
      },
      ({ key, error }) => {
        if (reported.has(key)) throw new Error(`key ${key} was reported twice`);
        reported.set(key, error);
      },
      never,
    );
    expect(reported.size).toBe(reads.length);
    return reported;
  }

  return {
    get remote(): Remote {
      return made.remote;
    },
    get other(): Remote {
      return made.other;
    },
    /** What `remote` has told so far. */
    get tree(): ObservedTree {
      return tree;
    },
    hash: (content: string) => made.hash(bytesOf(content)),
    /** What is at this path now, as `remote` says. */
    lookup: (path: string) => made.remote.lookup(at(path), never),
    writeAll,
    write,
    upload,
    uploaded,
    folder: (path: string) => ({ kind: "create-folder" as const, key: nextKey++, path: at(path) }),
    copyOf: (from: RemoteId, path: string) => ({
      kind: "copy-folder" as const,
      key: nextKey++,
      from,
      path: at(path),
    }),
    move: (from: string, path: string, id: RemoteId | null = null) => ({
      kind: "move" as const,
      key: nextKey++,
      from: at(from),
      id,
      path: at(path),
      aside: transientName(1, baseName(at(path))),
    }),
    remove: (path: string, rev: Rev | null, id: RemoteId | null = null, wanted = true) => ({
      kind: "delete" as const,
      key: nextKey++,
      path: at(path),
      rev,
      id,
      isWanted: () => wanted,
    }),
    readOf,
    readAll,
    async contentOf(file: RemoteFile): Promise<string> {
      let text = "";
      const read = readOf(file, async (content) => {
        text = await collect(content);
      });
      const error = (await readAll([read])).get(read.key);
      if (error !== undefined) throw error;
      return text;
    },
  };
}

export type RemoteSpeech = ReturnType<typeof speakTo>;
