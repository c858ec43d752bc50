import type { ContentHash, Remote, RemoteId, Rev, Seconds } from "@twinfold/engine";

/** The session's folder, in the app's. */
export const FOLDER = "Org/Space/Instance";
/** Bytes that the account takes. */
export const QUOTA = 150;
/** Entries of one page of changes. */
export const PAGE = 4;

/** What is at a path, as the account itself has it. Paths are the app folder's, without a slash at the beginning. */
export type Item =
  | { readonly kind: "folder"; readonly path: string; readonly id: RemoteId }
  | {
      readonly kind: "file";
      readonly path: string;
      readonly id: RemoteId;
      readonly rev: Rev;
      readonly hash: ContentHash;
      readonly size: number;
      readonly mtime: Seconds;
    };

export interface Version {
  readonly rev: Rev;
  readonly hash: ContentHash;
}

/** Why others could not do something. */
export class OthersError extends Error {
  override readonly name = "OthersError";
  readonly code: "not-found" | "exists" | "bad-name" | "full" | "into-itself";
  constructor(code: OthersError["code"]) {
    super(code);
    this.code = code;
  }
}

/** What others do on the account's pages. @throws OthersError */
export interface Others {
  /** Over whatever file is there. */
  upload(path: string, content: string, mtime: Seconds): Promise<void>;
  mkdir(path: string): Promise<void>;
  /** A change of case only is one. */
  move(from: string, path: string): Promise<void>;
  remove(path: string): Promise<void>;
}

/** An account with the port to it, virtual or real. */
export interface RemoteSide {
  readonly remote: Remote;
  readonly others: Others;
  /** All there is in the app's folder. */
  items(): Promise<readonly Item[]>;
  /** The versions that a path ever had, newest first. */
  history(path: string): Promise<readonly Version[]>;
  resetCursors(): Promise<void>;
  revoke(): Promise<void>;
  /** Resolves when a poll that has something to tell has told it. */
  allTold(): Promise<void>;
  close(): Promise<void>;
}
