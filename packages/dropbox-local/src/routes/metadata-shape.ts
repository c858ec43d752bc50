import type { Entry, FileEntry } from "../store/entries.ts";
import { revOf } from "../store/namespace-state.ts";
import { type FullPath, nameOf, type Scope, seenFrom } from "../store/paths.ts";

/** `2026-11-24T13:00:00Z`: whole seconds. */
export function formatTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** What is at a path, in the field order of the recordings. `withTag`: where the type is a union of files and folders. */
export function metadata(scope: Scope, entry: Entry, withTag: boolean): Record<string, unknown> {
  if (entry.hash !== null) return fileMetadata(scope, { ...entry, hash: entry.hash }, withTag);
  return {
    ...(withTag ? { ".tag": "folder" } : {}),
    ...pathFields(scope, entry),
    id: entry.id,
  };
}

export function fileMetadata(scope: Scope, file: FileEntry, withTag: boolean): Record<string, unknown> {
  return {
    ...(withTag ? { ".tag": "file" } : {}),
    ...pathFields(scope, file),
    id: file.id,
    client_modified: formatTime(file.clientModified),
    server_modified: formatTime(file.serverModified),
    rev: revOf(file.ns, file.stamp),
    size: file.size,
    is_downloadable: true,
    content_hash: file.hash,
  };
}

export function deletedMetadata(scope: Scope, path: FullPath): Record<string, unknown> {
  return { ".tag": "deleted", ...pathFields(scope, path) };
}

function pathFields(scope: Scope, path: FullPath): Record<string, unknown> {
  const seen = seenFrom(scope, path);
  return { name: nameOf(seen.display), path_lower: seen.key, path_display: seen.display };
}
