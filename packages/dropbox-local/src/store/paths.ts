import { canonicalName, nameProblem, pathKey } from "@twinfold/dropbox-rules";
import type { Entries, Entry } from "./entries.ts";
import { LookupFailure, WriteFailure } from "./failures.ts";

/** The part of an account that a caller sees as `""`: the whole of it, or an app's folder. */
export interface Scope {
  readonly ns: number;
  /** The folder's path as people write it, `""` for the whole account. */
  readonly root: string;
  readonly rootKey: string;
}

export function wholeAccount(ns: number): Scope {
  return { ns, root: "", rootKey: "" };
}

export function appFolder(ns: number, name: string): Scope {
  const root = `/Apps/${canonicalName(name)}`;
  return { ns, root, rootKey: pathKey(root) };
}

/** A path in the account, not necessarily one where something is. */
export interface FullPath {
  readonly key: string;
  readonly display: string;
}

/**
 * The path that a caller means by what it wrote: `""`, `/a/b`, `id:…`, `id:…/b` or `ns:…/a`, seen from its scope.
 * @throws LookupFailure `malformed_path`, and `not_found` for an id that is nowhere in the scope
 */
export function readPath(entries: Entries, scope: Scope, text: string): FullPath {
  if (text === "") return { key: scope.rootKey, display: scope.root };
  if (text.startsWith("id:")) return byId(entries, scope, text);
  const path = withoutNamespace(scope, text);
  if (path === null) throw new LookupFailure("not_found");
  if (path === "") return { key: scope.rootKey, display: scope.root };
  if (!isWellFormedPath(path)) throw new LookupFailure("malformed_path");
  return below(scope, path);
}

/**
 * The same for a path that is to be written: its names must be such as Dropbox takes. Spaces at the end of folder names are
 * dropped, as Dropbox's server does (seen by rclone's users). `folder`: the path itself is to be a folder.
 * @throws WriteFailure `malformed_path`, `disallowed_name`; LookupFailure `not_found` for an unknown id
 */
export function writePath(entries: Entries, scope: Scope, text: string, folder: boolean): FullPath {
  if (text.startsWith("id:")) return byId(entries, scope, text);
  const path = withoutNamespace(scope, text);
  if (path === null || !path.startsWith("/")) throw new WriteFailure("malformed_path");
  const names = path.slice(1).split("/");
  const stored = names.map((name, index) => (folder || index < names.length - 1 ? name.replace(/ +$/, "") : name));
  for (const name of stored) {
    const problem = nameProblem(name);
    if (problem !== null) throw new WriteFailure(problem.tag);
  }
  return below(scope, `/${stored.join("/")}`);
}

/** The rows' path as the scope's owner sees it. Lower-casing keeps lengths, so that one length serves both spellings. */
export function seenFrom(scope: Scope, path: FullPath): FullPath {
  return scope.rootKey === ""
    ? path
    : { key: path.key.slice(scope.rootKey.length), display: path.display.slice(scope.rootKey.length) };
}

/** Whether a path is the scope's root or lies below it. */
export function isInScope(scope: Scope, key: string): boolean {
  return scope.rootKey === "" || key === scope.rootKey || key.startsWith(`${scope.rootKey}/`);
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function below(scope: Scope, path: string): FullPath {
  return { key: scope.rootKey + pathKey(path), display: scope.root + canonicalName(path) };
}

function byId(entries: Entries, scope: Scope, text: string): FullPath {
  const slash = text.indexOf("/");
  const id = slash < 0 ? text : text.slice(0, slash);
  const entry: Entry | undefined = entries.aliveById(scope.ns, id);
  if (entry === undefined || !isInScope(scope, entry.key)) throw new LookupFailure("not_found");
  if (slash < 0) return entry;
  const rest = text.slice(slash);
  if (!isWellFormedPath(rest)) throw new LookupFailure("malformed_path");
  return { key: entry.key + pathKey(rest), display: entry.display + canonicalName(rest) };
}

/** What follows `ns:…`; null when that is not the caller's own namespace. */
function withoutNamespace(scope: Scope, text: string): string | null {
  const match = /^ns:([0-9]+)(.*)$/s.exec(text);
  if (match === null) return text;
  return Number(match[1]) === scope.ns ? (match[2] ?? "") : null;
}

/** Whether something could be at this path: reading asks less of names than writing. */
function isWellFormedPath(path: string): boolean {
  if (!path.startsWith("/") || !path.isWellFormed()) return false;
  return path
    .slice(1)
    .split("/")
    .every((name) => name === name.replace(/ +$/, "") && nameProblem(name)?.tag !== "malformed_path");
}
