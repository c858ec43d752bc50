import { z } from "zod";

/** *Workspace*: the instance's files, shared by its members. *Personal*: the user's own. */
export const area = z.enum(["workspace", "personal"]);
export type Area = z.infer<typeof area>;

/** A path below the area's root, without a slash at the beginning; the root is "". */
export const filePath = z.string().max(4096);

export const fileQuery = z.object({ area: area.default("workspace"), path: filePath.default("") });
export const fileTarget = z.object({ area, path: filePath.min(1) });
export const fileMove = z.object({ area, from: filePath.min(1), to: filePath.min(1) });

export const fileEntry = z.object({
  name: z.string(),
  kind: z.enum(["file", "folder", "other"]),
  size: z.number(),
  /** Seconds since 1970. */
  mtime: z.number(),
});
export type FileEntry = z.infer<typeof fileEntry>;
export const fileListing = z.object({ entries: z.array(fileEntry) });

/** Larger texts are for an application to edit; bytes. */
export const LARGEST_EDITED_TEXT = 1024 * 1024;
