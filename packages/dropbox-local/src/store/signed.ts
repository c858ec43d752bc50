import { createHmac, timingSafeEqual } from "node:crypto";

const SIGNATURE_BYTES = 16;

/**
 * A text that holds a value and can't be made by others: what is handed out so need not be kept, outlives restarts, and costs
 * nothing. `purpose` keeps one kind of text from being taken for another.
 */
export function signed(secret: Uint8Array, purpose: string, value: unknown): string {
  const body = Buffer.from(JSON.stringify(value));
  return Buffer.concat([sign(secret, purpose, body), body]).toString("base64url");
}

/** The value that a text of `signed` holds, as JSON; undefined for any other text. */
export function verified(secret: Uint8Array, purpose: string, text: string): unknown {
  const bytes = Buffer.from(text, "base64url");
  const body = bytes.subarray(SIGNATURE_BYTES);
  // Decoding is lenient; of one text only one spelling is ours.
  if (bytes.length <= SIGNATURE_BYTES || bytes.toString("base64url") !== text) return undefined;
  if (!timingSafeEqual(bytes.subarray(0, SIGNATURE_BYTES), sign(secret, purpose, body))) return undefined;
  return JSON.parse(body.toString());
}

function sign(secret: Uint8Array, purpose: string, body: Uint8Array): Buffer {
  return createHmac("sha256", secret).update(`${purpose}\0`).update(body).digest().subarray(0, SIGNATURE_BYTES);
}
