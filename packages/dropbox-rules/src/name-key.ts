import { LOWER_CASE } from "./lower-case-table.ts";

const ASCII = /^[\0-\x7f]*$/;
const BEYOND_ASCII = /[^\0-\x7f]/gu;

/**
 * The spelling that Dropbox answers with when it is given this name or path: composed Unicode (NFC; seen in Maestral's
 * tests against Dropbox).
 */
export function canonicalName(name: string): string {
  return ASCII.test(name) ? name : name.normalize("NFC");
}

/**
 * Equal for two names exactly when Dropbox takes them for one: the lower-casing of Python 2.5's `unicode.lower()` (one
 * character to one character, Unicode 4.1, no context; source: the crate `dbxcase` by a Dropbox engineer) of the composed
 * name. `toLowerCase()` differs: it knows newer letters, makes two characters of U+0130, and writes a final sigma.
 */
export function nameKey(name: string): string {
  if (ASCII.test(name)) return name.toLowerCase();
  return canonicalName(name)
    .replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
    .replace(BEYOND_ASCII, (character) => {
      const lower = LOWER_CASE.get(character.codePointAt(0) ?? 0);
      return lower === undefined ? character : String.fromCodePoint(lower);
    });
}

/** The same for a whole path: what Dropbox calls `path_lower`. Slashes stay as they are. */
export function pathKey(path: string): string {
  return nameKey(path);
}
