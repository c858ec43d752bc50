import { MAXIMUM_NAME_LENGTH } from "./limits.ts";

/** Why Dropbox refuses a name: its own tag, and a sentence that ends in what to do. */
export interface NameProblem {
  readonly tag: "malformed_path" | "disallowed_name";
  readonly sentence: string;
}

/**
 * Names that Dropbox keeps for its own clients and for those of the operating systems ("Ignored files" in its help;
 * rclone's list of what the API refuses with `disallowed_name`). Compared without case.
 */
const RESERVED: ReadonlySet<string> = new Set([
  "desktop.ini",
  "thumbs.db",
  ".ds_store",
  "icon\r",
  ".dropbox",
  ".dropbox.attr",
  ".dropbox.cache",
]);

/**
 * What is wrong with one component of a path; null when Dropbox takes it.
 * Sources: the specification's path patterns, rclone's list of what must be encoded, recorded refusals.
 */
export function nameProblem(name: string): NameProblem | null {
  const malformed = (sentence: string): NameProblem => ({ tag: "malformed_path", sentence });
  if (name === "") return malformed("A name can't be empty: give it one.");
  if (name === "." || name === "..") return malformed(`Dropbox can't store the name "${name}": rename it.`);
  if (name.includes("/")) return malformed("Dropbox can't store a name with a slash: rename it without.");
  if (name.includes("\\")) return malformed("Dropbox can't store a name with a backslash: rename it without.");
  if (name.includes("\0")) return malformed("Dropbox can't store a name with a NUL character: rename it without.");
  if (name.includes("\x7f")) return malformed("Dropbox can't store a name with a DEL character: rename it without.");
  if (name.endsWith(" ")) return malformed("Dropbox can't store a name that ends in a space: rename it without.");
  // A replacement character means that the name's bytes were no valid UTF-8 by the time it was read, or says so itself.
  if (!name.isWellFormed() || name.includes("\ufffd"))
    return malformed("Dropbox can't store a name that is not valid Unicode text (UTF-8): rename it.");
  // Code units are never fewer than code points, so that the exact count is seldom needed.
  if (name.length > MAXIMUM_NAME_LENGTH && [...name].length > MAXIMUM_NAME_LENGTH)
    return malformed(`Dropbox can't store a name of more than ${MAXIMUM_NAME_LENGTH} characters: shorten it.`);
  if (RESERVED.has(name.toLowerCase()))
    return {
      tag: "disallowed_name",
      sentence: `Dropbox keeps the name "${name.trim()}" for itself: rename it if it should be synced.`,
    };
  return null;
}

/** Why Dropbox refuses this name, as a sentence that ends in what to do; null when it takes it. */
export function nameRefusal(name: string): string | null {
  return nameProblem(name)?.sentence ?? null;
}
