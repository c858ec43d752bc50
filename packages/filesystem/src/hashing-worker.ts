import { FileSystemError, type FileSystemErrorCode, type RelativePath } from "@twinfold/engine";
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

/** For each file its hash, or what the port or the kernel calls the reason why there is none. */
export type HashAnswer = Hashed | { readonly refused: FileSystemErrorCode } | { readonly code: string };

let opened: { readonly walk: RootWalk; readonly renewals: number } | null = null;

/** The work of a thread that hashes files. */
export async function hashFiles(task: HashTask): Promise<readonly HashAnswer[]> {
  const createHasher = (await import(task.hasher.module))[task.hasher.name] as CreateHasher;
  try {
    const walk = walkOf(task);
    return task.paths.map((path) => answerFor(() => hashFile(walk, path, createHasher) as Hashed));
  } catch (error) {
    const refusal = refusalOf(error);
    return task.paths.map(() => refusal);
  }
}

function walkOf({ root, identity, renewals }: HashTask): RootWalk {
  if (opened?.renewals !== renewals) {
    opened?.walk.close();
    opened = null;
    opened = { walk: new RootWalk(root), renewals };
  }
  if (opened.walk.identity !== identity)
    throw new FileSystemError("root", "" as RelativePath, "another folder is there");
  opened.walk.check();
  return opened.walk;
}

function answerFor(body: () => Hashed): HashAnswer {
  try {
    return body();
  } catch (error) {
    return refusalOf(error);
  }
}

function refusalOf(error: unknown): HashAnswer {
  if (error instanceof FileSystemError) return { refused: error.code };
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === "string") return { code };
  throw error;
}
