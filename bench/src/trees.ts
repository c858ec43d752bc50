import { randomBytes } from "node:crypto";
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { AccountFile } from "@twinfold/dropbox-local";
import { createContentHasher } from "@twinfold/dropbox-rules";
import type { Stage } from "./stage.ts";

/** So many files of one size, evenly in folders that are evenly in ten others; `folders` 0: all in one place. */
export interface Shape {
  readonly files: number;
  readonly folders: number;
  readonly size: number;
}

const TOPS = 10;
const MIB = 1024 * 1024;

export function bytesOf({ files, size }: Shape): number {
  return files * size;
}

/** The folders of a shape and how many files each holds. */
function* foldersOf({ files, folders }: Shape): Generator<{ readonly folder: string; readonly files: number }> {
  if (folders === 0) yield { folder: "", files };
  for (let number = 0; number < folders; number++) {
    const held = Math.floor(files / folders) + (number < files % folders ? 1 : 0);
    if (held > 0) yield { folder: `${number % TOPS}/${Math.floor(number / TOPS)}`, files: held };
  }
}

/** Makes such a tree on disk. No two files are the same. */
export function writeTree(root: string, shape: Shape): void {
  for (const { folder, files } of foldersOf(shape)) {
    const path = join(root, folder);
    mkdirSync(path, { recursive: true });
    for (let number = 1; number <= files; number++) {
      const fd = openSync(join(path, `file ${number}.bin`), "w");
      for (let left = shape.size; left > 0; left -= MIB) writeSync(fd, randomBytes(Math.min(left, MIB)));
      closeSync(fd);
    }
  }
}

/** Makes such a tree in Dropbox. No two files are the same. */
export async function seedTree(stage: Stage, path: string, { files, folders, size }: Shape): Promise<void> {
  const share = (all: number, top: number) => Math.floor((all * (top + 1)) / TOPS) - Math.floor((all * top) / TOPS);
  if (folders === 0) await stage.dropbox.seed(stage.account, { path, files, size });
  for (let top = 0; top < TOPS && folders > 0; top++)
    await stage.dropbox.seed(stage.account, {
      path: `${path}/${top}`,
      ...{ files: share(files, top), folders: share(folders, top), size, seed: top + 1 },
    });
}

/** Gives the disk what a folder in Dropbox has, with the same times. */
export async function copyToDisk(stage: Stage, from: string, to: string): Promise<void> {
  mkdirSync(to, { recursive: true });
  for (const entry of await stage.files.list(from)) {
    const target = join(to, entry.name);
    if (entry.kind === "folder") await copyToDisk(stage, entry.path, target);
    if (entry.kind !== "file") continue;
    const pieces = [];
    for await (const piece of (await stage.files.read(entry.path)).content) pieces.push(piece);
    writeFileSync(target, Buffer.concat(pieces));
    utimesSync(target, entry.clientModified / 1000, entry.clientModified / 1000);
  }
}

/** Moves a tree that lies elsewhere in the account to where it is synced, its top folders one by one: Dropbox moves 10,000 at most. */
export async function moveInDropbox(stage: Stage, from: string, to: string): Promise<void> {
  await stage.atOnce(async () => {
    await stage.files.createFolder(to);
    for (const { path, name } of await stage.files.list(from)) await stage.files.move(path, `${to}/${name}`);
  });
}

/** That both sides have the same files with the same contents. @throws Error that names the first which is not */
export async function checkSame(stage: Stage, base: string, root: string): Promise<void> {
  const entries = (await stage.files.list(base)).filter(({ kind }) => kind !== "deleted");
  const here = readdirSync(root, { withFileTypes: true }).filter(({ name }) => !name.startsWith("."));
  if (entries.length !== here.length)
    throw new Error(`${base} has ${entries.length} entries in Dropbox and ${here.length} on disk`);
  for (const entry of entries) {
    const path = join(root, entry.name);
    if (entry.kind === "folder") await checkSame(stage, entry.path, path);
    else if (hashOf(path) !== (entry as AccountFile).contentHash) throw new Error(`${path} is not what Dropbox has`);
  }
}

function hashOf(path: string): string {
  const hasher = createContentHasher();
  hasher.update(readFileSync(path));
  return hasher.digest();
}
