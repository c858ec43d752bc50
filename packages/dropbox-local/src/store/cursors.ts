import * as z from "zod";
import { signed, verified } from "./signed.ts";

/**
 * What a cursor remembers. Cursors are handed out signed and not kept: they hold all that is needed to go on, so that they
 * outlive restarts and any number of them costs nothing.
 */
const CursorSchema = z.strictObject({
  ns: z.number(),
  /** Who may use it. */
  app: z.string(),
  /** The listed folder, as a key of the account. */
  key: z.string(),
  recursive: z.boolean(),
  deleted: z.boolean(),
  limit: z.number(),
  epoch: z.number(),
  /** The place in the change log from which to go on. */
  seq: z.number(),
  /** While the first listing is under way: where its next page begins. */
  listing: z.union([
    z.null(),
    z.strictObject({ after: z.string().nullable() }),
    z.strictObject({ folder: z.boolean(), row: z.number() }),
  ]),
});

export type Cursor = z.infer<typeof CursorSchema>;

export function encodeCursor(secret: Uint8Array, cursor: Cursor): string {
  return `AA${signed(secret, "cursor", cursor)}`;
}

/** @returns null for a text that is no cursor of ours. */
export function decodeCursor(secret: Uint8Array, text: string): Cursor | null {
  if (!text.startsWith("AA")) return null;
  const value = verified(secret, "cursor", text.slice(2));
  return value === undefined ? null : CursorSchema.parse(value);
}
