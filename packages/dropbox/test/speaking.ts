import { contentHash } from "@twinfold/dropbox-rules";
import {
  type Clock,
  type CommitGate,
  type ContentHash,
  type Name,
  type OpenFile,
  type ReadResult,
  type RelativePath,
  type Remote,
  RemoteError,
  type RemoteErrorCode,
  type RemoteId,
  type RemoteRead,
  type RemoteWrite,
  type Rev,
  systemClock,
  type WriteResult,
} from "@twinfold/engine";
import { expect, onTestFinished } from "vitest";
import { type DropboxAccount, dropboxHosts, openDropboxAccount, parseRemotePath, type Throttle } from "../src/index.ts";
import { steady } from "./test-clock.ts";

/** How the tests speak to a remote. */

export const never = new AbortController().signal;
const openGate: CommitGate = { share: (commit) => commit() };
export const at = (path: string) => path as RelativePath;
export const ASIDE = ".~twinfold-move-1~aside" as Name;
const TIME = 1_700_000_000;

export type Upload = Extract<RemoteWrite, { kind: "upload" }>;

let keys = 0;

/** An account at this server, closed when the test ends. */
export function accountAt(
  url: string,
  options: {
    readonly clock?: Clock;
    readonly chance?: number;
    readonly app?: App;
    readonly throttle?: Throttle;
  } = {},
): DropboxAccount {
  const account = openDropboxAccount({
    hosts: dropboxHosts(url),
    app: options.app ?? { appKey: "key" },
    refreshToken: "refresh",
    clock: options.clock ?? systemClock,
    randomness: steady(options.chance ?? 0.5),
    throttle: options.throttle,
  });
  onTestFinished(() => account.close());
  return account;
}

interface App {
  readonly appKey: string;
  readonly appSecret?: string;
}

/** The folder `/A/B/C`, as most tests use. */
export function folderOf(account: DropboxAccount, path = "/A/B/C", onWarning?: (message: string) => void): Remote {
  return account.folder(parseRemotePath(path), "Ada Lovelace", onWarning);
}

/** A source in memory that holds still, in chunks of this many bytes. */
export function sourceOf(content: Uint8Array, chunk = 64 * 1024): OpenFile {
  return {
    size: content.length,
    async *read(start, end) {
      for (let from = start; from < end; from += chunk) yield content.subarray(from, Math.min(end, from + chunk));
    },
    verify: async () => true,
    close: async () => undefined,
  };
}

export function uploadOf(path: string, content: string | Uint8Array, base: Rev | null = null): Upload {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  return {
    kind: "upload",
    key: ++keys,
    path: at(path),
    base,
    size: bytes.length,
    hash: hashOf(bytes),
    mtime: TIME,
    open: async () => sourceOf(bytes),
  };
}
export const folderAt = (path: string): RemoteWrite => ({ kind: "create-folder", key: ++keys, path: at(path) });
export const moveOf = (from: string, path: string): RemoteWrite => ({
  kind: "move",
  key: ++keys,
  from: at(from),
  id: null,
  path: at(path),
  aside: ASIDE,
});
export const deletionOf = (path: string, rev: string | null = null): RemoteWrite => ({
  kind: "delete",
  key: ++keys,
  path: at(path),
  rev: rev as Rev | null,
  id: null,
  isWanted: () => true,
});

export function hashOf(content: string | Uint8Array): ContentHash {
  return contentHash(typeof content === "string" ? Buffer.from(content) : content) as ContentHash;
}

/** Writes, and checks that each key was reported once; in the order of the writes. */
export async function writeAll(
  remote: Remote,
  writes: readonly RemoteWrite[],
  signal: AbortSignal = never,
): Promise<WriteResult[]> {
  const results = new Map<number, WriteResult>();
  await remote.write(
    writes,
    openGate,
    (reported) => {
      for (const result of reported) {
        if (results.has(result.key)) throw new Error(`key ${result.key} was reported twice`);
        results.set(result.key, result);
      }
    },
    signal,
  );
  expect(results.size, "each write has a result").toBe(writes.length);
  return writes.map(({ key }) => {
    const result = results.get(key);
    if (result === undefined) throw new Error(`nothing was reported for ${key}`);
    return result;
  });
}

/** In a word: what became of a write. */
export function outcome(result: WriteResult | undefined): string {
  if (result === undefined) return "nothing";
  if ("error" in result) return result.error.code;
  return result.entry === null ? "deleted" : `${result.entry.kind} ${result.entry.path}`;
}

export async function outcomes(remote: Remote, writes: readonly RemoteWrite[]): Promise<string[]> {
  return (await writeAll(remote, writes)).map(outcome);
}

/** A file that is known to have this content, and how it is fetched. */
export function readOf(id: string, content: Uint8Array, accept: RemoteRead["accept"] = drain): RemoteRead {
  return {
    key: ++keys,
    path: at("a"),
    id: id as RemoteId,
    rev: "0123456789" as Rev,
    size: content.length,
    hash: hashOf(content),
    accept,
  };
}

async function drain(content: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of content);
}

/** Reads, and checks that each key was reported once; in the order of the reads. */
export async function readAll(
  remote: Remote,
  reads: readonly RemoteRead[],
  signal: AbortSignal = never,
  extent: Parameters<Remote["read"]>[1] = () => null,
): Promise<ReadResult[]> {
  const results = new Map<number, ReadResult>();
  await remote.read(
    reads,
    extent,
    (result) => {
      if (results.has(result.key)) throw new Error(`key ${result.key} was reported twice`);
      results.set(result.key, result);
    },
    signal,
  );
  return reads.map(({ key }) => {
    const result = results.get(key);
    if (result === undefined) throw new Error(`nothing was reported for ${key}`);
    return result;
  });
}

export async function collect(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of content) pieces.push(Uint8Array.from(piece));
  return Buffer.concat(pieces);
}

/** Checks that a promise is refused with this code, and gives the error. */
export async function refused(code: RemoteErrorCode, promise: Promise<unknown>): Promise<RemoteError> {
  const error = await promise.then(
    () => new Error("it was not refused"),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RemoteError);
  if (!(error instanceof RemoteError)) throw error;
  expect(error.code).toBe(code);
  expect(error.message).not.toBe("");
  return error;
}

/** Looks again and again until it is so. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 25_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Bytes that don't repeat, the same for the same seed. */
export function someBytes(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed >>> 0;
  for (let index = 0; index + 4 <= length; index += 4) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes.writeUInt32LE(state, index);
  }
  return bytes;
}
