import type { OpenFile } from "./file-system.ts";
import type { ContentHash, Name, NameKey, RelativePath, RemoteId, Rev, Seconds } from "./values.ts";

/** What the remote said about one path. Paths are relative to the session's folder there. */
export type RemoteEntry = RemoteFile | RemoteFolder;

export interface RemoteFile {
  readonly kind: "file";
  /** Only the last component's case is certain; parents are found by key. */
  readonly path: RelativePath;
  readonly id: RemoteId;
  readonly rev: Rev;
  readonly hash: ContentHash;
  readonly size: number;
  readonly mtime: Seconds;
  /** False for cloud documents: they have no bytes to fetch, and are never overwritten. */
  readonly downloadable: boolean;
}

export interface RemoteFolder {
  readonly kind: "folder";
  readonly path: RelativePath;
  readonly id: RemoteId;
}

/** Nothing is at this path any more, nor below it. */
export interface RemoteDeletion {
  readonly kind: "deleted";
  readonly path: RelativePath;
}

/** A page of changes, to be applied in order. */
export interface ChangePage {
  readonly changes: readonly (RemoteEntry | RemoteDeletion)[];
  /** Where something is that can't be read; "" where that is not known either. What a listing lacks there is not gone. */
  readonly leftOut?: readonly RelativePath[];
  readonly cursor: string;
  readonly hasMore: boolean;
}

/** How the remote names things; pure functions. */
export interface RemoteNames {
  /** Equal for two names exactly when the remote takes them for one. */
  key(name: string): NameKey;
  /** The spelling that the remote will answer with when it is given this name. */
  canonical(name: string): Name;
  /** Why the remote refuses this name, as a sentence that ends in what to do; null when it takes it. */
  refusal(name: string): string | null;
  /** The largest file it takes, in bytes. */
  readonly maximumFileSize: number;
}

export type RemoteErrorCode =
  /** Our picture is out of date (other rev, occupied, gone): read changes, then plan again. */
  | "conflict"
  | "not-found"
  /** The remote will never take or give this; `message` says why. No retry until something changes. */
  | "refused"
  /** No space left in the account. */
  | "full"
  /** The link is revoked or expired: only the user can mend it. */
  | "revoked"
  /** No answer, or only errors that pass by themselves; patience inside the remote is used up. */
  | "offline"
  /** The source changed while it was read: nothing was committed. */
  | "source-changed"
  /** What arrived does not have the hash that was announced: nothing landed. */
  | "mismatch"
  /** The cursor is no longer good: list from scratch. */
  | "reset"
  /** The session's folder does not exist at the remote. */
  | "no-root";

export class RemoteError extends Error {
  override readonly name = "RemoteError";
  readonly code: RemoteErrorCode;
  /** For `offline`: when to try again, in milliseconds from now. */
  readonly retryAfter: number | undefined;
  constructor(code: RemoteErrorCode, message: string, options: { cause?: unknown; retryAfter?: number } = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.retryAfter = options.retryAfter;
  }
}

interface Write {
  /** Ties the result to the request. */
  readonly key: number;
  readonly path: RelativePath;
}

export type RemoteWrite =
  | (Write & { readonly kind: "create-folder" })
  /**
   * What this folder holds by now, whole, as a new one at `path`, where nothing may be; what is in it shows in the changes.
   * Where it holds more than the remote copies at once: `refused`.
   */
  | (Write & { readonly kind: "copy-folder"; readonly from: RemoteId })
  | (Write & {
      readonly kind: "upload";
      /** The rev that must be current at `path`; null: nothing may be there. */
      readonly base: Rev | null;
      readonly size: number;
      /** What the bytes must hash to, on arrival. */
      readonly hash: ContentHash;
      /**
       * A file at the remote that had this very content when it was last seen, where nothing may be at `path`: the remote
       * may copy that instead of being sent the bytes, and then answers with that one's `mtime`.
       */
      readonly copyOf?: RemoteId | undefined;
      readonly mtime: Seconds;
      open(): Promise<OpenFile>;
      /** Called as bytes are sent; negative when a part must be sent again. */
      progress?(bytes: number): void;
    })
  /**
   * A file or folder, whole; `path` is where it is to be. What has this id is moved, wherever it is by now; with null,
   * whatever is at `from`. `aside`: its name meanwhile, beside where it is to be, for a remote that needs two steps.
   */
  | (Write & {
      readonly kind: "move";
      readonly from: RelativePath;
      readonly id: RemoteId | null;
      readonly aside: Name;
    })
  /**
   * A file at `path`, only if `rev` is still current; a folder (`rev` null) whole: what has this id, wherever it is by
   * now, with null whatever is at `path`.
   */
  | (Write & {
      readonly kind: "delete";
      readonly rev: Rev | null;
      readonly id: RemoteId | null;
      /** Asked at the last moment, when no reading can come between any more: is it still to go? If not: `conflict`. */
      isWanted(): boolean;
    });

export interface RemoteRead {
  readonly key: number;
  readonly path: RelativePath;
  readonly id: RemoteId;
  readonly rev: Rev;
  readonly size: number;
  readonly hash: ContentHash;
  /** Takes the content. May be called again, from the start, after a broken connection. */
  accept(content: AsyncIterable<Uint8Array>): Promise<void>;
  progress?(bytes: number): void;
}

export interface FolderExtent {
  /** Files and folders. */
  readonly entries: number;
  readonly bytes: number;
}

export type WriteResult = { readonly key: number } & (
  | { readonly entry: RemoteEntry | null /* null: deleted */ }
  | { readonly error: RemoteError }
);
export type ReadResult = { readonly key: number; readonly error?: RemoteError };

/**
 * Keeps the order of what is observed: a page of changes never overtakes the result of a write that the server did
 * before it. The remote takes `share` around every request that can commit, and reports its results before it lets go;
 * the engine takes the gate alone while it reads changes. Transfers of bytes need no gate.
 */
export interface CommitGate {
  share<T>(commit: () => Promise<T>): Promise<T>;
}

/** One folder of one account at the remote. All calls throw RemoteError. */
export interface Remote {
  readonly names: RemoteNames;

  /** For conflict copies and pages: who the account belongs to. */
  readonly who: string;

  /** Makes the session's folder, with its parents, if it is not there. */
  createRoot(): Promise<void>;

  /**
   * The changes since `cursor`, page by page to the end; with null, the whole tree.
   * @throws `reset`, `no-root`
   */
  changes(cursor: string | null, signal: AbortSignal): AsyncIterable<ChangePage>;

  /** Resolves when something may have changed since `cursor`; only a hint. @throws like `changes` */
  waitForChange(cursor: string, signal: AbortSignal): Promise<void>;

  /** What is at this path now; null when nothing is. */
  lookup(path: RelativePath, signal: AbortSignal): Promise<RemoteEntry | null>;

  /**
   * Carries out writes that don't depend on each other, in as few requests as it can, each re-checked by the server.
   * Every key is reported exactly once before it resolves; it rejects only for a programming error or an abort.
   */
  write(
    writes: readonly RemoteWrite[],
    gate: CommitGate,
    report: (results: readonly WriteResult[]) => void,
    signal: AbortSignal,
  ): Promise<void>;

  /**
   * Fetches contents, in as few requests as it can; the hash is the receiver's to verify. Every key is reported exactly once.
   * @param extent what a folder holds, at any depth, as far as is known; null where it holds more than `most` things: for
   * a remote that can fetch a folder whole
   */
  read(
    reads: readonly RemoteRead[],
    extent: (folder: RelativePath, most: number) => FolderExtent | null,
    report: (result: ReadResult) => void,
    signal: AbortSignal,
  ): Promise<void>;
}
