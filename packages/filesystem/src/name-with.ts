/** Bytes that Linux file systems take for a name. */
const MOST_BYTES = 255;

/**
 * What something is called beside what has its name: words, ` (kept)` say, come before the extension. Where that is too long
 * for a name, what is before them is cut, never within a character; an extension that leaves no room is part of that.
 * @param encoding `latin1` for a name as its bytes, a character for each
 */
export function nameWith(name: string, words: string, encoding: "utf8" | "latin1" = "utf8"): string {
  const bytes = Buffer.from(name, encoding);
  const added = Buffer.from(words);
  const dot = bytes.lastIndexOf(".");
  const isExtension = dot > 0 && added.length + bytes.length - dot < MOST_BYTES;
  const stem = isExtension ? dot : bytes.length;
  const extension = bytes.subarray(stem);
  const kept = wholeCharacters(bytes, Math.min(stem, MOST_BYTES - added.length - extension.length));
  return Buffer.concat([bytes.subarray(0, kept), added, extension]).toString(encoding);
}

/** The most bytes, up to `end`, that end with a whole character of UTF-8. */
function wholeCharacters(bytes: Buffer, end: number): number {
  let at = end;
  while (at > 0 && isWithin(bytes[at])) at--;
  // Bytes of no such text are cut anywhere.
  return end - at < 4 ? at : end;
}

const isWithin = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;
