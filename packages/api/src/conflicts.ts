import { z } from "zod";
import { filePath } from "./files.ts";

/** A version of a file: its ETag, without the quotes. */
const version = z.string().min(1).max(200);

/**
 * What is to become of a conflict copy. `theirs`: what has the name stays, the copy goes. `mine`: the copy takes its place.
 * `both`: the copy becomes a file of its own. The versions are those that its user has seen; the original's is null where
 * there is none any more.
 */
export const conflictChoice = z.object({
  copy: filePath.min(1),
  choice: z.enum(["theirs", "mine", "both"]),
  copyVersion: version,
  originalVersion: version.nullable(),
});
export type ConflictChoice = z.infer<typeof conflictChoice>;

/** Where the version that was chosen, or the copy, is now. */
export const settledConflict = z.object({ path: z.string() });
