import { createCipheriv, createHash } from "node:crypto";
import * as z from "zod";
import { DropboxLocalError } from "./errors.ts";

/** What a folder is to hold, by name: a text is a file's content, a number is a file of so many bytes, an object is a folder. */
export interface SeedTree {
  readonly [name: string]: string | number | SeedTree;
}

/** What is to be put into an account: a tree as it is told, or so many files of one size, evenly in so many folders. */
export type Seed = {
  /** The folder to put it into, made if missing; the account's root by default. */
  readonly path?: string | undefined;
} & (
  | { readonly tree: SeedTree }
  | {
      readonly files: number;
      /** Bytes of each file; 0 by default. No two of 8 bytes or more are the same. */
      readonly size?: number | undefined;
      /** 0, the default, puts them all directly into `path`. */
      readonly folders?: number | undefined;
      /** Another number makes other contents. */
      readonly seed?: number | undefined;
    }
);

const treeType: z.ZodType<SeedTree> = z.record(
  z.string(),
  z.union(
    [z.string(), z.int().min(0), z.lazy(() => treeType)],
    "a text, a whole number of bytes, or a folder's object",
  ),
);
const countType = z.int().min(0);
const seedType = z.union([
  z.strictObject({ path: z.string().optional(), tree: treeType }),
  z.strictObject({
    path: z.string().optional(),
    files: countType,
    size: countType.optional(),
    folders: countType.optional(),
    seed: countType.optional(),
  }),
]);

/** @throws DropboxLocalError `bad-argument` that says what is wrong with it */
export function parseSeed(value: unknown): Seed {
  // The two forms are told apart first: what is said of one that was not meant helps nobody.
  const isTree = typeof value === "object" && value !== null && "tree" in value;
  const result = seedType.options[isTree ? 0 : 1].safeParse(value);
  if (result.success) return result.data;
  throw new DropboxLocalError("bad-argument", `That is no seed: ${z.prettifyError(result.error)}`, result.error);
}

/** Something to make; a folder has no content. */
export interface SeedItem {
  readonly path: string;
  readonly content: SeedContent | null;
}

export interface SeedContent {
  /** Bytes. */
  readonly size: number;
  pieces(): Iterable<Uint8Array>;
}

/** All that a seed makes, folders before what is in them. */
export function* seedItems(seed: Seed): Generator<SeedItem> {
  const { path = "" } = seed;
  if (path !== "") yield { path, content: null };
  if ("tree" in seed) {
    yield* treeItems(path, seed.tree);
    return;
  }
  const { files, size = 0, folders = 0 } = seed;
  const key = keyOf(seed.seed ?? 0);
  for (let folder = 1; folder <= folders; folder++) yield { path: `${path}/folder ${folder}`, content: null };
  for (let file = 1; file <= files; file++) {
    const folder = folders === 0 ? path : `${path}/folder ${((file - 1) % folders) + 1}`;
    yield { path: `${folder}/file ${file}.bin`, content: someContent(size, key, file) };
  }
}

function* treeItems(folder: string, tree: SeedTree): Generator<SeedItem> {
  for (const [name, held] of Object.entries(tree)) {
    const path = `${folder}/${name}`;
    if (typeof held === "object") {
      yield { path, content: null };
      yield* treeItems(path, held);
    } else if (typeof held === "number") yield { path, content: someContent(held, keyOf(path), 0) };
    else {
      const bytes = Buffer.from(held);
      yield { path, content: { size: bytes.length, pieces: () => [bytes] } };
    }
  }
}

const PIECE = Buffer.alloc(256 * 1024);

function keyOf(word: string | number): Buffer {
  return createHash("sha256").update(String(word)).digest().subarray(0, 16);
}

/** Bytes that look random and are the same every time: a cipher's stream under a key, from a place of its own. */
function someContent(size: number, key: Buffer, number: number): SeedContent {
  return {
    size,
    *pieces() {
      if (size === 0) return;
      const place = Buffer.alloc(16);
      place.writeBigUInt64BE(BigInt(number));
      const cipher = createCipheriv("aes-128-ctr", key, place);
      for (let left = size; left > 0; left -= PIECE.length)
        yield cipher.update(PIECE.subarray(0, Math.min(left, PIECE.length)));
    },
  };
}
