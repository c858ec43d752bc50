import type { Name, RelativePath } from "../ports/values.ts";

/** Bytes of UTF-8 that a name may have on Linux. */
const MAXIMUM_NAME_BYTES = 255;
/** What follows the last dot is an extension up to this many bytes, the dot included. */
const LONGEST_EXTENSION = 64;

/**
 * Names that the engine gives for a moment only, where a swap or rotation of names leaves no free one. No user's rename:
 * a node that is found under one is on its way. The form is always ignored (`.~*`), so no other client picks it up; the
 * name that the user gave stands at its end, so that whoever finds one left behind can give it back without any memory.
 */
const TRANSIENT = /^\.~twinfold-move-\d+~(.+)$/s;
const TRANSIENT_PREFIX = ".~twinfold-move-";

/** `mark`: some digits by which an engine knows those names that it has given itself. */
export function transientName(id: number, name: Name, mark = ""): Name {
  const prefix = `${TRANSIENT_PREFIX}${mark}${id}~`;
  const given = originalName(name) ?? name;
  const { stem, extension } = split(given);
  return `${prefix}${shorten(stem, MAXIMUM_NAME_BYTES - byteLength(prefix + extension))}${extension}` as Name;
}

/** Whether the engine with this mark has given such a name, to whatever node of its own. */
export function isGivenBy(mark: string, name: string): boolean {
  return name.startsWith(`${TRANSIENT_PREFIX}${mark}`);
}

/** The user's own name of what has a transient one; null for all others. */
export function originalName(name: string): Name | null {
  // Asked of every name in every plan, and hardly any begins so.
  if (!name.startsWith(TRANSIENT_PREFIX)) return null;
  return (TRANSIENT.exec(name)?.[1] as Name | undefined) ?? null;
}

/** A path as its user knows it: by its own names. */
export function userPath(path: RelativePath): RelativePath {
  if (!path.includes(TRANSIENT_PREFIX)) return path;
  return path
    .split("/")
    .map((name) => originalName(name) ?? name)
    .join("/") as RelativePath;
}

export function isTransient(name: string): boolean {
  return originalName(name) !== null;
}

export type CopyKind = "conflicted copy" | "case conflict" | "unicode conflict";

/** `NAME (WHO's conflicted copy YYYY-MM-DD).EXT`, or `NAME (case conflict).EXT`; with a counter from the second on. */
export function copyName(name: Name, kind: CopyKind, who: string, day: string, count: number): Name {
  const label = kind === "conflicted copy" ? `${who}'s conflicted copy ${day}` : kind;
  const suffix = ` (${label}${count > 1 ? ` ${count}` : ""})`;
  const { stem, extension } = split(name);
  return `${shorten(stem, MAXIMUM_NAME_BYTES - byteLength(suffix + extension))}${suffix}${extension}` as Name;
}

const COPY = / \((?:.+'s conflicted copy \d{4}-\d\d-\d\d|case conflict|unicode conflict)(?: \d+)?\)(\.[^.]*)?$/;

/** Whether a name has the form that `copyName` gives. */
export function isCopyName(name: string): boolean {
  return COPY.test(name);
}

/** The name that a copy's was made from, but for what had to be cut from it; any other name as it is. */
export function nameBeforeCopy(name: string): Name {
  return name.replace(COPY, "$1") as Name;
}

/** The path of what a conflict copy was made beside; null for all other paths. One that was cut short is another's. */
export function originalOfCopy(path: RelativePath): RelativePath | null {
  const slash = path.lastIndexOf("/") + 1;
  const name = path.slice(slash);
  if (!isCopyName(name) || !name.includes("'s conflicted copy ")) return null;
  return `${path.slice(0, slash)}${nameBeforeCopy(name)}` as RelativePath;
}

/** A leading dot begins a hidden name, not an extension; nor is what is too long to be one. */
function split(name: string): { readonly stem: string; readonly extension: string } {
  const dot = name.lastIndexOf(".");
  if (dot <= 0 || byteLength(name.slice(dot)) > LONGEST_EXTENSION) return { stem: name, extension: "" };
  return { stem: name.slice(0, dot), extension: name.slice(dot) };
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Cuts whole characters off the end until the text fits. */
function shorten(text: string, bytes: number): string {
  const characters = [...text];
  while (characters.length > 1 && byteLength(characters.join("")) > bytes) characters.pop();
  return characters.join("");
}
