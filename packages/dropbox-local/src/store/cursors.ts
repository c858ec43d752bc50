import { createHmac, timingSafeEqual } from "node:crypto";
import * as z from "zod";

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

const SIGNATURE_BYTES = 16;

export function encodeCursor(secret: Uint8Array, cursor: Cursor): string {
  const body = Buffer.from(JSON.stringify(cursor));
  return `AA${Buffer.concat([sign(secret, body), body]).toString("base64url")}`;
}

/** @returns null for a text that is no cursor of ours. */
export function decodeCursor(secret: Uint8Array, text: string): Cursor | null {
  if (!text.startsWith("AA")) return null;
  const bytes = Buffer.from(text.slice(2), "base64url");
  const body = bytes.subarray(SIGNATURE_BYTES);
  if (bytes.length <= SIGNATURE_BYTES || !timingSafeEqual(bytes.subarray(0, SIGNATURE_BYTES), sign(secret, body)))
    return null;
  return CursorSchema.parse(JSON.parse(body.toString()));
}

function sign(secret: Uint8Array, body: Uint8Array): Buffer {
  return createHmac("sha256", secret).update("cursor\0").update(body).digest().subarray(0, SIGNATURE_BYTES);
}
