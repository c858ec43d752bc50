import { pathKey } from "@twinfold/dropbox-rules";
import type { Entry } from "../store/entries.ts";
import { nameOf } from "../store/paths.ts";

/** What a search may be narrowed to; an empty list narrows nothing. */
export interface SearchFilter {
  readonly words: readonly string[];
  /** Without dots, in lower case. */
  readonly extensions: readonly string[];
  readonly categories: readonly string[];
}

/** The kinds of files that a search can be narrowed to (specification, FileCategory), by their extensions. */
const CATEGORIES: Readonly<Record<string, readonly string[]>> = {
  image: ["jpg", "jpeg", "png", "gif", "bmp", "tif", "tiff", "webp", "heic", "svg", "ppm"],
  document: ["doc", "docx", "odt", "rtf", "txt", "md", "pages"],
  pdf: ["pdf"],
  spreadsheet: ["xls", "xlsx", "ods", "csv", "numbers"],
  presentation: ["ppt", "pptx", "odp", "key"],
  audio: ["mp3", "m4a", "aac", "flac", "ogg", "wav"],
  video: ["mp4", "m4v", "mov", "avi", "mkv", "webm"],
};

/** The words of a query: each must be found in a name. */
export function wordsOf(query: string): string[] {
  return pathKey(query)
    .split(/[\s/]+/)
    .filter((word) => word !== "");
}

/** Whether a file or folder is one that is looked for; `key` holds its name in lower case. */
export function isMatch(entry: Entry, filter: SearchFilter): boolean {
  const name = nameOf(entry.key);
  if (!filter.words.every((word) => name.includes(word))) return false;
  const dot = name.lastIndexOf(".");
  const extension = entry.folder || dot < 0 ? "" : name.slice(dot + 1);
  if (filter.extensions.length > 0 && !filter.extensions.includes(extension)) return false;
  return filter.categories.length === 0 || filter.categories.includes(categoryOf(entry, extension));
}

function categoryOf(entry: Entry, extension: string): string {
  if (entry.folder) return "folder";
  return Object.keys(CATEGORIES).find((category) => CATEGORIES[category]?.includes(extension)) ?? "others";
}
