import { z } from "zod";

/** *Workspace*: the instance's files, shared by its members. *Personal*: the user's own. */
export const area = z.enum(["workspace", "personal"]);
export type Area = z.infer<typeof area>;

/** A path below the area's root, without a slash at the beginning; the root is "". */
export const filePath = z.string().max(4096);

export const fileQuery = z.object({ area: area.default("workspace"), path: filePath.default("") });
/** Entries that a listing gives at a time. */
export const MOST_LISTED = 1000;
export const listingQuery = fileQuery.extend({
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(MOST_LISTED).default(MOST_LISTED),
  /** Whether names that begin with a dot are listed. */
  hidden: z.enum(["yes", "no"]).default("yes"),
  /** Only names that have this in them. */
  find: z.string().max(255).default(""),
});
export const fileTarget = z.object({ area, path: filePath.min(1) });
/** Where a file is to be of which all parts have come. */
export const uploadEnd = z.object({ path: filePath.min(1) });
export const fileMove = z.object({ area, from: filePath.min(1), to: filePath.min(1) });

/** What can be done about what is not synced. */
export const syncFix = z.object({
  /** For programs. */
  cause: z.enum([
    "symbolic link",
    "special file",
    "unreadable",
    "name",
    "name taken",
    "names alike",
    "too large",
    "cloud document",
    "inside",
    "in it",
    "kept folder",
    "looked at only",
    "disk gone",
    "disk full",
    "refused by disk",
    "refused by Dropbox",
  ]),
  sentence: z.string(),
});

/** How a file stands with the user's own Dropbox, as her sync session knows it. */
export const entrySync = z.object({
  state: z.enum(["in sync", "pending", "ignored", "conflict", "held", "not synced"]),
  /** A sentence, without its full stop: why. */
  reason: z.string(),
  /** For `not synced`; null where the reason says it itself. */
  fix: syncFix.nullable(),
});
export type EntrySync = z.infer<typeof entrySync>;

export const fileEntry = z.object({
  name: z.string(),
  kind: z.enum(["file", "folder", "other"]),
  size: z.number(),
  /** Seconds since 1970. */
  mtime: z.number(),
  /** Null while no sync session of the user's runs there. */
  sync: entrySync.nullable(),
  /** What has become of it since the last snapshot; null where there is none, and for a folder that was there. */
  mark: z.enum(["new", "changed", "unchanged"]).nullable(),
});
export type FileEntry = z.infer<typeof fileEntry>;
/** `total`: entries of the whole folder, as asked for; `entries`: from `offset` on. */
export const fileListing = z.object({
  total: z.number(),
  entries: z.array(fileEntry),
  /** The folder's `README.md`; null when there is none that is small enough to be shown. */
  readme: z.object({ name: z.string(), mtime: z.number() }).nullable(),
  /** The last snapshot, which the marks are about; null when there is none. */
  since: z.object({ id: z.string(), takenAt: z.string() }).nullable(),
});
export type FileListing = z.infer<typeof fileListing>;

/** Something that was deleted or replaced, and can be brought back for `hours` after `at` (seconds since 1970). */
export const deletedItem = z.object({
  id: z.string(),
  path: z.string(),
  kind: z.enum(["file", "folder", "other"]),
  at: z.number(),
  replaced: z.boolean(),
});
export type DeletedItem = z.infer<typeof deletedItem>;
/** How many of them are listed: the newest. */
export const MOST_DELETED_LISTED = 500;
export const deletedItems = z.object({ hours: z.number(), total: z.number(), items: z.array(deletedItem) });
export const areaQuery = z.object({ area: area.default("workspace") });
export const deletedTarget = z.object({ area, id: z.uuid() });
/** By this it can be brought back. */
export const deletion = z.object({ id: z.string() });
/** Where it is again. */
export const broughtBack = z.object({ path: z.string() });

/** Larger texts are for an application to edit; bytes. */
export const LARGEST_EDITED_TEXT = 1024 * 1024;
