/** Values that every port speaks of. Parsed at the edges, trusted inside. */

/** One file or folder, whichever side it is on: the same number in the local, the remote and the synced tree. */
export type NodeId = number & { readonly brand: "NodeId" };

/** The root of all three trees. */
export const ROOT = 1 as NodeId;

/** A path below the root, components joined by `/`, no slash at either end; the root itself is `""`. */
export type RelativePath = string & { readonly brand: "RelativePath" };

/** The root's own path. */
export const ROOT_PATH = "" as RelativePath;

/** The name of one thing inside its folder: never empty, `.`, `..`, nor with `/` or NUL. */
export type Name = string & { readonly brand: "Name" };

/** What two names have in common exactly when the remote takes them for the same name. */
export type NameKey = string & { readonly brand: "NameKey" };

/** Equal exactly when two files have equal bytes. Its form is the remote's business (Dropbox: 64 hex digits). */
export type ContentHash = string & { readonly brand: "ContentHash" };

/** The remote's name for one version of one file. */
export type Rev = string & { readonly brand: "Rev" };

/** The remote's lasting name for a file or folder: it stays through edits, moves and renames. */
export type RemoteId = string & { readonly brand: "RemoteId" };

/** The disk's lasting name for a file or folder: device, inode and time of birth. */
export type LocalIdentity = string & { readonly brand: "LocalIdentity" };

/**
 * Opaque; two equal fingerprints mean that there is no reason to believe the content changed between the two looks
 * (size, modification and change time, identity). Different ones are a reason to hash again, no more.
 */
export type Fingerprint = string & { readonly brand: "Fingerprint" };

/** Seconds since 1970, whole: the remote keeps no finer ones. */
export type Seconds = number;

/** Joins a folder's path and a name. */
export function joinPath(folder: RelativePath, name: string): RelativePath {
  return (folder === "" ? name : `${folder}/${name}`) as RelativePath;
}

/** The path of the folder that holds `path`; the root's parent is the root. */
export function parentPath(path: RelativePath): RelativePath {
  const slash = path.lastIndexOf("/");
  return (slash < 0 ? "" : path.slice(0, slash)) as RelativePath;
}

/** The last component of `path`; empty for the root. */
export function baseName(path: RelativePath): Name {
  return path.slice(path.lastIndexOf("/") + 1) as Name;
}

/** Whether `path` is `folder` or lies somewhere below it. */
export function isWithin(path: RelativePath, folder: RelativePath): boolean {
  return folder === "" || path === folder || path.startsWith(`${folder}/`);
}

/** Those that lie in no other of them. */
export function outermostOf(paths: readonly RelativePath[]): RelativePath[] {
  return paths.filter((path) => !paths.some((other) => other !== path && isWithin(path, other)));
}

/** The components of `path`, outermost first; none for the root. */
export function pathComponents(path: RelativePath): Name[] {
  return path === "" ? [] : (path.split("/") as Name[]);
}
