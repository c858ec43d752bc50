import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { AccountFiles } from "@twinfold/dropbox-local";

/** Paths without a slash at the front, and each file's content; a folder's is null. */
export type Contents = Readonly<Record<string, string | null>>;

/** Writes files, with the folders that they need. */
export async function writeTree(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}

/** What is on disk below a folder, what is hidden at its top left out. */
export async function treeOnDisk(root: string): Promise<Contents> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const tree: Record<string, string | null> = {};
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name).slice(root.length + 1);
    if (path.startsWith(".")) continue;
    tree[path] = entry.isDirectory() ? null : await readFile(join(root, path), "utf8");
  }
  return sorted(tree);
}

/** What is in Dropbox below a folder. */
export async function treeInDropbox(files: AccountFiles, root: string): Promise<Contents> {
  const tree: Record<string, string | null> = {};
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop())
    for (const entry of await files.list(folder)) {
      if (entry.kind === "deleted") continue;
      if (entry.kind === "folder") folders.push(entry.path);
      tree[entry.path.slice(root.length + 1)] = entry.kind === "folder" ? null : await textOf(files, entry.path);
    }
  return sorted(tree);
}

async function textOf(files: AccountFiles, path: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of (await files.read(path)).content) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

function sorted(tree: Readonly<Record<string, string | null>>): Contents {
  return Object.fromEntries(Object.entries(tree).sort(([a], [b]) => (a < b ? -1 : 1)));
}
