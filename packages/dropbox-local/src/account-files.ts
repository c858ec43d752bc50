/**
 * One account's files as a person sees them: the whole Dropbox, with app folders under `/Apps`. What a page, a test or a
 * program in the same process works with, without HTTP. Paths are `/A/b.txt`; the account's root is `""`. Changes made
 * here are seen by every linked app at once, like those of any other client.
 */
export interface AccountFiles {
  /**
   * What is directly in a folder: folders first, then files, by name. With `deleted` also what was deleted there, but not what
   * was moved away and lives on elsewhere; a deleted folder can be listed too.
   * @throws AccountFilesError `not-found`, `not-a-folder`
   */
  list(path: string, options?: { readonly deleted?: boolean }): Promise<readonly AccountEntry[]>;

  /** What is at this path; null when nothing is. The root itself is a folder. */
  get(path: string): Promise<AccountEntry | null>;

  /**
   * A file's content, as a stream; `rev` picks an older version, `start` and `end` (exclusive) a part.
   * @throws AccountFilesError `not-found`, `not-a-file`, `bad-revision`
   */
  read(
    path: string,
    options?: { readonly rev?: string; readonly start?: number; readonly end?: number },
  ): Promise<{ readonly file: AccountFile; readonly content: AsyncIterable<Uint8Array> }>;

  /**
   * Stores a file, with its missing parent folders, durable when it resolves. `ifExists`: `refuse` (the default), `rename`
   * (`a (1).txt`), `overwrite`, or only over the version with this rev (the safe way to save an edit).
   * @throws AccountFilesError `exists`, `changed`, `bad-name`, `full`
   */
  upload(
    path: string,
    content: AsyncIterable<Uint8Array>,
    options?: {
      readonly ifExists?: "refuse" | "rename" | "overwrite" | { readonly rev: string };
      /** Milliseconds since 1970; now when left out. */
      readonly modified?: number;
    },
  ): Promise<AccountFile>;

  /** @throws AccountFilesError `exists`, `bad-name` */
  createFolder(path: string): Promise<AccountFolder>;

  /**
   * Moves or renames a file or a whole folder. A change of case only is a rename here, as on Dropbox's own pages; linked
   * apps are not told of those.
   * @throws AccountFilesError `not-found`, `exists`, `bad-name`, `into-itself`
   */
  move(from: string, to: string): Promise<AccountEntry>;

  /** @throws AccountFilesError `not-found`, `exists`, `bad-name`, `full` */
  copy(from: string, to: string): Promise<AccountEntry>;

  /** A file, or a folder with all that is in it. History stays. @throws AccountFilesError `not-found` */
  delete(path: string): Promise<void>;

  /** The versions that a path has had, newest first, also of a deleted file. @throws AccountFilesError `not-found` */
  history(path: string, limit?: number): Promise<readonly FileVersion[]>;

  /** Makes an older version the present one, also of a deleted file. @throws AccountFilesError `not-found`, `bad-revision` */
  restore(path: string, rev: string): Promise<AccountFile>;

  /**
   * Brings back what was deleted: a file in its last version, a folder with all that was deleted together with it.
   * @throws AccountFilesError `not-found` where nothing was deleted, `exists`, `full`, `too-many`
   */
  undelete(path: string): Promise<AccountFile | AccountFolder>;

  /** The latest changes to the account's files, newest first, no more than `limit`. */
  recent(limit: number): Promise<readonly RecentAccountChange[]>;

  /**
   * Called after each change to the account's files, whoever made it; returns how to stop it. There are no `changes` where only
   * a name's case was changed, of which the log does not tell, and when all may be different, as after a reset to a snapshot.
   */
  subscribe(listener: (changes: readonly AccountChange[]) => void): () => void;

  /** Bytes. */
  usage(): Promise<{ readonly used: number; readonly allocated: number }>;
}

export type AccountEntry = AccountFile | AccountFolder | DeletedEntry;

export interface AccountFile {
  readonly kind: "file";
  readonly name: string;
  /** As people wrote it. */
  readonly path: string;
  /** Stays through edits, moves and renames. */
  readonly id: string;
  readonly rev: string;
  /** Bytes. */
  readonly size: number;
  readonly contentHash: string;
  /** Milliseconds since 1970, whole seconds: what the uploader said, and when the server stored it. */
  readonly clientModified: number;
  readonly serverModified: number;
}

export interface AccountFolder {
  readonly kind: "folder";
  readonly name: string;
  readonly path: string;
  readonly id: string;
}

/** Something was here. Files can be restored from their history. */
export interface DeletedEntry {
  readonly kind: "deleted";
  readonly was: "file" | "folder";
  readonly name: string;
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly deletedAt: number;
}

export interface FileVersion extends AccountFile {
  /** Whether this is what the path holds now. */
  readonly current: boolean;
}

/** What happened to one path. A move is a deletion and an entry with the same id. */
export type AccountChange =
  | { readonly kind: "put"; readonly entry: AccountFile | AccountFolder }
  | { readonly kind: "deleted"; readonly path: string };

/** What became of one path, in what a person would call it: what moved with its folder is told with the folder. */
export interface RecentAccountChange {
  readonly what: "added" | "changed" | "moved" | "deleted";
  readonly kind: "file" | "folder";
  readonly name: string;
  readonly path: string;
  /** Where it was before it was moved; null for everything else. */
  readonly from: string | null;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export type AccountFilesErrorCode =
  | "not-found"
  | "not-a-file"
  | "not-a-folder"
  /** Something has that name already, or a file is where a parent folder would have to be. */
  | "exists"
  /** The rev is no longer the current one. */
  | "changed"
  | "bad-name"
  | "bad-revision"
  | "into-itself"
  /** Over the account's quota. */
  | "full"
  /** One operation may touch at most 10,000 entries. */
  | "too-many";

/** Why an operation on an account's files was refused; the message is a sentence for people. */
export class AccountFilesError extends Error {
  override readonly name = "AccountFilesError";
  readonly code: AccountFilesErrorCode;
  constructor(code: AccountFilesErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
