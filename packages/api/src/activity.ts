import { z } from "zod";

/** What a change can be; the last three are the platform's alone: of a distribution, a snapshot, and what an undo brings back. */
export const activityAction = z.enum([
  "create folder",
  "upload",
  "download",
  "move",
  "delete",
  "keep as conflict copy",
  "rename",
  "distribute",
  "restore",
  "bring back",
]);

/** A file's content before a change, and after it. */
export const activityVersion = z.enum(["was", "now"]);
export type ActivityVersion = z.infer<typeof activityVersion>;

/** A change of an instance's files, or of their copy in the user's Dropbox. */
export const activityEntry = z.object({
  id: z.string(),
  /** ISO 8601, UTC. */
  at: z.string(),
  /** Where sync has changed something; `platform`: changed by a person on the pages, or for her. */
  side: z.enum(["workspace", "dropbox", "platform"]),
  action: activityAction,
  /** Below `/files`; "" for all of it. */
  path: z.string(),
  /** Where it was, for moves. */
  from: z.string().nullable(),
  bytes: z.number().nullable(),
  /** Why, in words; may be empty. */
  reason: z.string(),
  /** Whose doing it was, on the platform. */
  who: z.string().nullable(),
  /** Whether what it took away can be brought back, or was; null where nothing was taken away. */
  undo: z.enum(["possible", "done"]).nullable(),
  /** Which of its versions are known by their content: they can be had for as long as anybody keeps them. */
  versions: z.array(activityVersion),
});
export type ActivityEntry = z.infer<typeof activityEntry>;

/** Entries on one page. */
export const ACTIVITY_PAGE = 50;

/** Those before an entry; the newest when left out. */
export const activityQuery = z.object({
  before: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional(),
});
/** Newest first. */
export const activityPage = z.object({ entries: z.array(activityEntry), more: z.boolean() });
export type ActivityPage = z.infer<typeof activityPage>;

/** Files that are named of each kind; the rest is counted. */
export const MOST_BROUGHT_BACK = 200;

/**
 * An undo, while it runs and until its user puts it away. `running`: also after the server's end, which goes on with it.
 * `failed`: it was cut short, the message says by what, and the entry can be undone again for the rest.
 */
export const undo = z.object({
  id: z.string(),
  entryId: z.string(),
  /** Of the entry: a file, or a folder with what went with it. */
  path: z.string(),
  /** ISO 8601, UTC. */
  begunAt: z.string(),
  state: z.enum(["running", "done", "failed"]),
  message: z.string().nullable(),
  /** Files, with none for an empty folder. */
  total: z.number(),
  inPlace: z.number(),
  /** Those that were there as they had been. */
  asBefore: z.number(),
  /** Brought back beside something newer. */
  beside: z.object({ count: z.number(), files: z.array(z.object({ path: z.string(), as: z.string() })) }),
  missed: z.object({ count: z.number(), files: z.array(z.object({ path: z.string(), why: z.string() })) }),
});
export type Undo = z.infer<typeof undo>;

/** A user's own in an instance, the newest first. */
export const undoList = z.object({ undos: z.array(undo) });
export const begunUndo = z.object({ id: z.string() });
