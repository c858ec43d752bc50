import { z } from "zod";
import { application, endedApplication } from "./applications.ts";
import { syncFix } from "./files.ts";

/** Every answer that says no: a code for programs, a sentence for people. */
export const apiError = z.object({ error: z.object({ code: z.string(), message: z.string() }) });
export type ApiError = z.infer<typeof apiError>;

/** Sent with each request that changes something: a page of another origin can't set it without asking first. */
export const CSRF_HEADER = "x-twinfold";

export const credentials = z.object({ email: z.string().min(1).max(320), password: z.string().min(1).max(1024) });
export const user = z.object({ id: z.string(), email: z.string(), name: z.string() });
export type User = z.infer<typeof user>;

export const progress = z.object({
  filesDone: z.number(),
  filesTotal: z.number(),
  bytesDone: z.number(),
  bytesTotal: z.number(),
  /** Bytes a second. */
  rate: z.number(),
  /** Seconds. */
  timeLeft: z.number().nullable(),
});

/** SPEC 6.5; `not linked` and `stopped` (no application runs) are the server's own. */
export const syncState = z.enum([
  "not linked",
  "linking",
  "up to date",
  "syncing",
  "paused",
  "needs attention",
  "reconnect",
  "Dropbox full",
  "disk full",
  "offline",
  "stopped",
]);

/** A line of the ignore file that can match nothing, and why. */
export const ignoreProblem = z.object({ line: z.number(), pattern: z.string(), why: z.string() });

/** Where other machines may write without this one being told, and so files are looked at again and again. */
export const unheard = z.object({
  /** Empty where it is so by a setting alone; the path of the instance's own folder is empty. */
  places: z.array(z.object({ path: z.string(), kind: z.string() })).readonly(),
  withinMinutes: z.number(),
  /** The same in a sentence. */
  message: z.string(),
});

const delay = z.object({ median: z.number(), percentile95: z.number(), count: z.number() });

/** How long it took lately until a saved file was on the other side, in milliseconds; null where none was measured yet. */
export const delays = z.object({
  up: delay.nullable(),
  down: delay.nullable(),
  /** The same in a sentence. */
  message: z.string(),
});

export const syncStatus = z.object({
  state: syncState,
  message: z.string().nullable(),
  pending: z.object({ up: z.number(), down: z.number() }),
  conflicts: z.number(),
  notSynced: z.number(),
  held: z.number(),
  /** The instance's folder is gone from Dropbox: what that means waits for the user's word, as held deletions do. */
  folderGone: z.boolean(),
  lastSyncedAt: z.string().nullable(),
  ignoreProblems: z.array(ignoreProblem).readonly().optional(),
  /** Null where all that is written is heard of at once; left out where no session says. */
  unheard: unheard.nullable().optional(),
  /** Null until there was a change to measure; left out where no session says. */
  delays: delays.nullable().optional(),
  progress: progress.nullable(),
});
export type SyncStatus = z.infer<typeof syncStatus>;

export const instance = z.object({
  id: z.string(),
  organization: z.string(),
  space: z.string(),
  name: z.string(),
  /** In Dropbox, below the app folder. */
  remotePath: z.string(),
  /** What the user may do with its files. */
  role: z.enum(["editor", "viewer"]),
  /** The user's own that run, at most one of a kind. */
  applications: z.array(application),
  /** Those that ended by themselves and were not started again, at most one of a kind. */
  ended: z.array(endedApplication),
  /** The user has said that her sync is to run here whether an application does or not. */
  alwaysOn: z.boolean(),
  /** The user has paused her sync here; that holds whether it runs at present or not. */
  paused: z.boolean(),
  sync: syncStatus,
});
export type Instance = z.infer<typeof instance>;

export const link = z.object({
  /** The app's name: its folder is *Apps > NAME*. */
  appName: z.string(),
  account: z.object({ name: z.string(), email: z.string(), linkedAt: z.string() }).nullable(),
  /** Dropbox no longer accepts the link: the user has to connect again. */
  revoked: z.boolean(),
  /** Bytes; null while Dropbox does not answer. */
  space: z.object({ used: z.number(), allocated: z.number() }).nullable(),
});
export type Link = z.infer<typeof link>;

/** Where to send the browser. */
export const redirect = z.object({ url: z.string() });

/** Why linking came to nothing, in `?problem=` of the settings page. */
export const LINK_PROBLEMS = ["cancelled", "state", "code", "network", "app", "unexpected"] as const;
export type LinkProblem = (typeof LINK_PROBLEMS)[number];

export const notSynced = z.object({
  path: z.string(),
  side: z.enum(["local", "remote"]),
  reason: z.string(),
  fix: syncFix.nullable(),
});
export const syncDetails = z.object({
  status: syncStatus,
  /** The first of them; `status.notSynced` counts them all. */
  notSynced: z.array(notSynced),
  /** The first of the conflict copies, and what each was kept beside, if that is a version of the same file. */
  conflicts: z.array(z.object({ copy: z.string(), original: z.string().nullable() })),
  /** The first of the deletions that wait for a person's word; `status.held` counts them all. */
  held: z.array(z.object({ path: z.string(), side: z.enum(["local", "remote"]) })),
});
export type SyncDetails = z.infer<typeof syncDetails>;

export const syncCommand = z.object({ command: z.enum(["pause", "resume", "apply held", "bring back held"]) });

/** Server-sent events of `GET /api/events`, by their `event` name. */
export const events = {
  sync: z.object({ instanceId: z.string(), status: syncStatus }),
  application: z.object({
    instanceId: z.string(),
    applications: z.array(application),
    ended: z.array(endedApplication),
  }),
  link: z.object({ linked: z.boolean() }),
  /** There is something new in an instance's activity. */
  activity: z.object({ instanceId: z.string() }),
  /** An undo of the user's has come further, or to its end. */
  undo: z.object({ instanceId: z.string(), isRunning: z.boolean() }),
  /** The user's instances, or what they are called, are no longer what they were. */
  hierarchy: z.object({}),
  /** Something was distributed: by the user herself, or to an instance of hers, whose members are told. */
  distribution: z.object({ instanceId: z.string() }),
} as const;
export type EventName = keyof typeof events;
export type EventData<Name extends EventName> = z.infer<(typeof events)[Name]>;

/** Text frames to the terminal's websocket; everything that is typed goes as a binary frame. */
export const terminalCommand = z.object({
  columns: z.number().int().min(2).max(1000),
  rows: z.number().int().min(1).max(500),
});
