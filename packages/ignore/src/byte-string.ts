/**
 * A string whose characters are the bytes of a text in UTF-8. git compares bytes: `?` is one byte of a character that
 * takes two, and a bracket holds bytes. This form keeps JavaScript's fast string operations.
 */
export type ByteString = string & { readonly brand: "ByteString" };

// biome-ignore lint/suspicious/noControlCharactersInRegex: this asks exactly for what is beyond ASCII.
const beyondAscii = /[^\u0000-\u007f]/;

/** ASCII, the usual case, is returned as it is. */
export function toByteString(text: string): ByteString {
  return (beyondAscii.test(text) ? Buffer.from(text, "utf8").toString("latin1") : text) as ByteString;
}
