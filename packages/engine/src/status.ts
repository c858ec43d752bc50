import type { IgnoreProblem } from "./ports/ignore.ts";
import type { ContentHash, RelativePath } from "./ports/values.ts";

/** What a person is told; always one of these (SPEC 6.5). */
export type SyncState =
  | "linking"
  | "up to date"
  | "syncing"
  | "paused"
  | "needs attention"
  | "reconnect"
  | "Dropbox full"
  | "disk full"
  | "offline"
  | "stopped";

export interface Progress {
  /** Transfers of the present batch, finished and in all. */
  readonly filesDone: number;
  readonly filesTotal: number;
  readonly bytesDone: number;
  readonly bytesTotal: number;
  /** Bytes a second over the last seconds. */
  readonly rate: number;
  /** Seconds; null while it can't be told. */
  readonly timeLeft: number | null;
}

export interface NotSynced {
  readonly path: RelativePath;
  readonly side: "local" | "remote";
  /** A sentence: what it is and, where something can be done, what. */
  readonly reason: string;
  /** Only where it was asked for. */
  readonly fix?: Fix;
}

/** Where other machines may write without this one being told, and so files are looked at again and again. */
export interface Unheard {
  /** Empty where it is so by a setting alone. `kind` as the system calls it (`nfs4`); the root's own path is empty. */
  readonly places: readonly { readonly path: string; readonly kind: string }[];
  readonly withinMinutes: number;
  /** The same in a sentence. */
  readonly message: string;
}

/** What single changes took lately to be on the other side, in milliseconds; `createDelays` says from when to when. */
export interface Delay {
  readonly median: number;
  readonly percentile95: number;
  /** How many changes that is of: the last ones, no more than 40. */
  readonly count: number;
}

/** Of the run so far. A direction is null until there was a change in it. */
export interface Delays {
  readonly up: Delay | null;
  readonly down: Delay | null;
  /** The same in a sentence. */
  readonly message: string;
}

export interface EngineStatus {
  readonly state: SyncState;
  /** A sentence for people where the state alone does not say all. */
  readonly message: string | null;
  /** Operations still to do. */
  readonly pending: { readonly up: number; readonly down: number };
  /** Conflict copies that are still beside their originals. */
  readonly conflicts: number;
  readonly notSynced: number;
  /** Deletions held back, waiting for a person's word. */
  readonly held: number;
  /** The folder itself is gone from Dropbox: whether that is a deletion waits for a person's word too. */
  readonly folderGone: boolean;
  /** When both sides were last seen equal; ISO 8601, UTC. */
  readonly lastSyncedAt: string | null;
  /** Lines of the ignore file that hold nothing back. */
  readonly ignoreProblems: readonly IgnoreProblem[];
  /** Null where all that is written is heard of at once. */
  readonly unheard: Unheard | null;
  /** Null until there was a change to measure. */
  readonly delays: Delays | null;
  readonly progress: Progress | null;
}

/** Before anything was looked at. */
export const STOPPED: EngineStatus = {
  state: "stopped",
  message: null,
  pending: { up: 0, down: 0 },
  conflicts: 0,
  notSynced: 0,
  held: 0,
  folderGone: false,
  lastSyncedAt: null,
  ignoreProblems: [],
  unheard: null,
  delays: null,
  progress: null,
};

export type Direction = "up" | "down";

/** One thing that `plan` would do, and why. */
export interface PlannedOperation {
  readonly direction: Direction;
  readonly action: "create folder" | "upload" | "download" | "move" | "delete" | "keep as conflict copy" | "rename";
  readonly path: RelativePath;
  /** Where it is now, for moves. */
  readonly from?: RelativePath;
  readonly bytes?: number;
  readonly reason: string;
  /** Held back until a person says so (mass deletion). */
  readonly held?: boolean;
}

export interface PlanReport {
  readonly operations: readonly PlannedOperation[];
  readonly notSynced: readonly NotSynced[];
  readonly ignoreProblems: readonly IgnoreProblem[];
}

/** What a person can do about something that is not synced. */
export interface Fix {
  /** What keeps it out, for programs. */
  readonly cause:
    | "symbolic link"
    /** A socket, a pipe, a device. */
    | "special file"
    | "unreadable"
    | "name"
    /** Something that is not synced has its name on disk. */
    | "name taken"
    /** Two names beside each other that are one in Dropbox. */
    | "names alike"
    | "too large"
    | "cloud document"
    /** A folder above it is not synced. */
    | "inside"
    /** A folder: something in it. */
    | "in it"
    /** A folder deleted on the other side, which stays for what it holds. */
    | "kept folder"
    /** Its user may not change the files here. */
    | "looked at only"
    | "disk gone"
    | "disk full"
    | "refused by disk"
    | "refused by Dropbox";
  readonly sentence: string;
}

/** The answer to "why is this path as it is?". */
export interface Explanation {
  readonly path: RelativePath;
  readonly state: "in sync" | "pending" | "ignored" | "conflict" | "held" | "not synced" | "unknown";
  /** A sentence. */
  readonly reason: string;
  /** For `not synced`, where the reason does not say it itself. */
  readonly fix?: Fix;
  /** For `ignored`. */
  readonly rule?: { readonly source: string; readonly line: number; readonly pattern: string };
}

/** Something that happened, for logs and the activity page. */
export interface Activity {
  readonly at: string;
  /** The side on which the engine changed something. */
  readonly side: "local" | "remote";
  readonly action: PlannedOperation["action"];
  readonly kind: "file" | "folder";
  /** A folder that is deleted whole is told after each file and folder in it. */
  readonly path: RelativePath;
  readonly from?: RelativePath;
  readonly reason: string;
  /** The content that was taken away or replaced there, and what took its place; null where there is none. */
  readonly was: ContentHash | null;
  readonly now: ContentHash | null;
  readonly bytes?: number;
}
