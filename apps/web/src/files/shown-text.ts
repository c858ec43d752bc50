/** A text to be looked at, and what its reader has to know of how it came to be one. */
export interface ReadText {
  readonly text: string;
  /** What it is taken for where it is not UTF-8; null where it is. */
  readonly takenFor: "UTF-16" | "Windows-1252" | null;
}

const UTF_16 = [
  { mark: [0xff, 0xfe], label: "utf-16le" },
  { mark: [0xfe, 0xff], label: "utf-16be" },
] as const;

/**
 * Guesses no more than is told by the bytes themselves. What has a NUL in it is no text; what is neither UTF-8 nor says that it is
 * UTF-16 is read as the encoding in which every byte is a letter, so that most of it can be read at least.
 * @returns null for what is no text
 */
export function shownText(bytes: ArrayBuffer): ReadText | null {
  const begins = new Uint8Array(bytes.slice(0, 2));
  const wide = UTF_16.find(({ mark }) => mark.every((byte, at) => begins[at] === byte));
  if (wide !== undefined) return { text: new TextDecoder(wide.label).decode(bytes), takenFor: "UTF-16" };
  if (new Uint8Array(bytes).includes(0)) return null;
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), takenFor: null };
  } catch {
    return { text: new TextDecoder("windows-1252").decode(bytes), takenFor: "Windows-1252" };
  }
}
