import { pathKey } from "@twinfold/dropbox-rules";

/** One side as it was seen: paths relative to the synchronized folder, with the content hash; null for folders. */
export type Tree = ReadonlyMap<string, string | null>;

export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

export function parentPath(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** By the name that Dropbox knows them by. */
export function byKey(tree: Tree): Map<string, string | null> {
  return new Map([...tree].map(([path, hash]) => [pathKey(path), hash]));
}
