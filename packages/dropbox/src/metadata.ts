import { nameKey } from "@twinfold/dropbox-rules";
import type {
  ContentHash,
  RelativePath,
  RemoteDeletion,
  RemoteEntry,
  RemoteFile,
  RemoteId,
  Rev,
} from "@twinfold/engine";
import { z } from "zod";

/** Components longer than this are no names of Dropbox's, in characters. */
const LONGEST_NAME = 1024;

const file = z.object({
  ".tag": z.literal("file"),
  name: z.string(),
  id: z.string().min(1),
  path_display: z.string().optional(),
  path_lower: z.string().optional(),
  rev: z.string().min(1),
  size: z.number().int().nonnegative(),
  content_hash: z.string().optional(),
  client_modified: z.string(),
  is_downloadable: z.boolean().default(true),
});
const folder = z.object({
  ".tag": z.literal("folder"),
  name: z.string(),
  id: z.string().min(1),
  path_display: z.string().optional(),
  path_lower: z.string().optional(),
});
const deleted = z.object({
  ".tag": z.literal("deleted"),
  path_display: z.string().optional(),
  path_lower: z.string().optional(),
});
const located = z.looseObject({ path_display: z.string().optional(), path_lower: z.string().optional() });
const metadata = z.discriminatedUnion(".tag", [file, folder, deleted]);

/**
 * Reads what the server says about a path below `root` (its key, `/a/b`). Nothing that it says is trusted: what lies
 * elsewhere, or has a name that could lead out of a folder, is null.
 */
export function parseMetadata(value: unknown, root: string): RemoteEntry | RemoteDeletion | null {
  const parsed = metadata.safeParse(value);
  if (!parsed.success) return null;
  const entry = parsed.data;
  const path = relativePath(entry.path_display ?? entry.path_lower, root);
  if (path === null) return null;
  if (entry[".tag"] === "deleted") return { kind: "deleted", path };
  // Only the last component's case is certain, and `name` has it.
  const id = entry.id as RemoteId;
  if (entry[".tag"] === "folder") return { kind: "folder", path, id };
  const modified = Date.parse(entry.client_modified);
  return {
    kind: "file",
    path,
    id,
    rev: entry.rev as Rev,
    hash: (entry.content_hash ?? "") as ContentHash,
    size: entry.size,
    mtime: Number.isFinite(modified) ? Math.floor(modified / 1000) : 0,
    downloadable: entry.is_downloadable && entry.content_hash !== undefined,
  };
}

/** Reads what a route that writes a file answers, which may say nothing of its kind; null for what is no file's metadata. */
export function parseFileMetadata(value: unknown, root: string): RemoteFile | null {
  const tagged = typeof value === "object" && value !== null ? { ...value, ".tag": "file" } : value;
  const entry = parseMetadata(tagged, root);
  return entry?.kind === "file" ? entry : null;
}

/** Where something is that can't be read: "" where that can't be told, null where it can't be in the folder at all. */
export function placeOf(value: unknown, root: string): RelativePath | null {
  const { path_display: display, path_lower: lower } = located.safeParse(value).data ?? {};
  return display === undefined && lower === undefined ? ("" as RelativePath) : relativePath(display ?? lower, root);
}

function relativePath(path: string | undefined, root: string): RelativePath | null {
  if (path === undefined || !path.startsWith("/")) return null;
  const depth = root === "" ? 0 : root.split("/").length - 1;
  const names = path.split("/").slice(1);
  const above = names.slice(0, depth).map((name) => `/${nameKey(name)}`);
  if (above.join("") !== root) return null;
  const below = names.slice(depth);
  for (const name of below) {
    if (name === "" || name === "." || name === ".." || name.includes("\0") || name.length > LONGEST_NAME) return null;
  }
  return below.join("/") as RelativePath;
}
