/**
 * Another spelling of the same path. Only ASCII letters change: of others, what JavaScript takes for the upper case may be
 * another name to Dropbox.
 */
export function inUpperCase(path: string): string {
  return path.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}
