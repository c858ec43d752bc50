import { z } from "zod";
import { LARGEST_EDITED_TEXT } from "./files.ts";

/** The text of an ignore file as it is being edited. */
export const ignoreText = z.object({ text: z.string().max(LARGEST_EDITED_TEXT) });

/** `first`: some of them, each with the line that decides: the one that is to leave it out, or that does so until now. */
const ignoreChange = z.object({
  files: z.number(),
  bytes: z.number(),
  first: z.array(z.object({ path: z.string(), line: z.number(), pattern: z.string() })),
});
export type IgnoreChange = z.infer<typeof ignoreChange>;

/** What would change if the ignore file said this. */
export const ignorePreview = z.object({
  /** Synced now. */
  leftOut: ignoreChange,
  /** Left out now. */
  comesIn: ignoreChange,
  /** Lines that can match nothing, or decide about nothing, and why. */
  problems: z.array(z.object({ line: z.number(), pattern: z.string(), why: z.string() })),
  /** Whether everything was looked at; if not there may be more. */
  whole: z.boolean(),
  /** Whether what is only in the user's Dropbox was looked at too: while nothing is synced for her it is not known. */
  withDropbox: z.boolean(),
});
export type IgnorePreview = z.infer<typeof ignorePreview>;

const amount = { files: z.number(), bytes: z.number() };

/** What is left out is to be taken out of Dropbox, if it is this much; with null it is only said how much that is. */
export const takingOut = z.object({ agreed: z.object(amount).nullable() });
/** `staying`: what stays there, because the disk does not have the same. */
export const takenOut = z.object({ ...amount, staying: z.number() });
export type TakenOut = z.infer<typeof takenOut>;
