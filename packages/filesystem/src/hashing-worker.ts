import { FileSystemError, type FileSystemErrorCode, type RelativePath, ROOT_PATH } from "@twinfold/engine";
import { asFileSystemError, fileSystemError } from "./errors.ts";
import { type Hashed, hashFile } from "./hash-file.ts";
import { RootWalk } from "./root-walk.ts";
import type { CreateHasher } from "./staged-file.ts";

/** Where hashers come from, for a thread of its own: the name of an export of a module. */
export interface HasherSource {
  readonly create: CreateHasher;
  /** A URL. */
  readonly module: string;
  readonly name: string;
}

/** What a worker is told: files of one root, the same at each time. */
export interface HashTask {
  readonly root: string;
  /** Which folder that is to be, and how often it was opened anew. */
  readonly identity: string;
  readonly renewals: number;
  readonly hasher: Omit<HasherSource, "create">;
  readonly paths: readonly RelativePath[];
}

/** For each file its hash, or what the port calls the reason why there is none. */
export type HashAnswer = Hashed | { readonly refused: FileSystemErrorCode };

let opened: { readonly walk: RootWalk; readonly renewals: number } | null = null;

/** The work of a thread that hashes files. */
export async function hashFiles(task: HashTask): Promise<readonly HashAnswer[]> {
  const createHasher = (await import(task.hasher.module))[task.hasher.name] as CreateHasher;
  let walk: RootWalk;
  try {
    walk = walkOf(task);
  } catch (error) {
    return task.paths.map((path) => refusalOf(path, error));
  }
  return task.paths.map((path) => {
    try {
      return hashFile(walk, path, createHasher) as Hashed;
    } catch (error) {
      return refusalOf(path, error);
    }
  });
}

function refusalOf(path: RelativePath, error: unknown): HashAnswer {
  const told = asFileSystemError(path, error);
  if (told instanceof FileSystemError) return { refused: told.code };
  throw error;
}

function walkOf({ root, identity, renewals }: HashTask): RootWalk {
  if (opened?.renewals !== renewals) {
    opened?.walk.close();
    opened = null;
    opened = { walk: new RootWalk(root), renewals };
  }
  if (opened.walk.identity !== identity) throw fileSystemError(ROOT_PATH, "root");
  opened.walk.check();
  return opened.walk;
}
