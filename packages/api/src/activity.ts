import { z } from "zod";

/** What a change can be; the last two are the platform's alone: of a snapshot, and of what an undo brings back. */
export const activityAction = z.enum([
  "create folder",
  "upload",
  "download",
  "move",
  "delete",
  "keep as conflict copy",
  "rename",
  "restore",
  "bring back",
]);

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

/** What an undo has brought back: in its place, beside something newer, or not; and what was there as it had been. */
export const undone = z.object({
  inPlace: z.number(),
  asBefore: z.number(),
  beside: z.array(z.object({ path: z.string(), as: z.string() })),
  missed: z.array(z.object({ path: z.string(), why: z.string() })),
});
export type Undone = z.infer<typeof undone>;
