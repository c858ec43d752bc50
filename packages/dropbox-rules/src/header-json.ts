/**
 * JSON that may travel in a header (`Dropbox-API-Arg`, `Dropbox-API-Result`): everything beyond ASCII, and 0x7f, is
 * written as \uXXXX (Dropbox's documentation of these headers).
 */
export function headerSafeJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\x7f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
