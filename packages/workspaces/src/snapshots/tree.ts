import { createHash } from "node:crypto";
import { constants } from "node:fs";
import type { Bytes } from "./bytes.ts";

const { S_IFDIR, S_IFLNK, S_IFMT } = constants;

/** One name in a folder, as a snapshot keeps it. */
export interface TreeEntry {
  readonly name: Bytes;
  /**
   * What tells that the file has not been touched since: `MODE SIZE MTIME CTIME INODE`, times in milliseconds. Of a folder
   * the mode alone.
   */
  readonly seen: string;
  /** Of a file's content, or of a folder's tree; of a symbolic link, where it leads, in hexadecimal digits. */
  readonly hash: string;
}

export type Tree = ReadonlyMap<Bytes, TreeEntry>;

export const EMPTY_TREE: Tree = new Map();

/** A folder's entries as one text: three fields each, that end at a NUL, which no name holds. */
export function treeText(entries: readonly TreeEntry[]): string {
  let text = "";
  for (const { name, seen, hash } of entries) text += `${name}\0${seen}\0${hash}\0`;
  return text;
}

export function parseTree(text: string): Tree {
  const fields = text.split("\0");
  const tree = new Map<Bytes, TreeEntry>();
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const name = fields[at] ?? "";
    tree.set(name, { name, seen: fields[at + 1] ?? "", hash: fields[at + 2] ?? "" });
  }
  return tree;
}

export const treeHash = (text: string): string => createHash("sha256").update(text, "latin1").digest("hex");

export interface Seen {
  readonly kind: "file" | "folder" | "link";
  /** Permissions. */
  readonly mode: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly inode: number;
}

export function parseSeen({ seen }: TreeEntry): Seen {
  const [mode = 0, size = 0, mtimeMs = 0, , inode = 0] = seen.split(" ").map(Number);
  const type = mode & S_IFMT;
  const kind = type === S_IFDIR ? "folder" : type === S_IFLNK ? "link" : "file";
  return { kind, mode: mode & 0o7777, size, mtimeMs, inode };
}

export const isFolder = (entry: TreeEntry | undefined): entry is TreeEntry & { readonly seen: `${number}` } =>
  entry !== undefined && !entry.seen.includes(" ");
