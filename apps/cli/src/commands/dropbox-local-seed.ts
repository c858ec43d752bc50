import { readFileSync } from "node:fs";
import type { Seed, SeedTree } from "@twinfold/dropbox-local";
import { CommandError, EXIT } from "../exit-codes.ts";

/**
 * What `--seed` asks for, to be put into a folder: `1000x4096` is so many files of so many bytes, `1000x4096/20` the same in so
 * many folders, anything else a JSON file with a tree. @throws CommandError when that file can't be read
 */
export function seedOf(text: string, path: string): Seed {
  const count = /^(\d+)x(\d+)(?:\/(\d+))?$/.exec(text);
  if (count !== null) return { path, files: Number(count[1]), size: Number(count[2]), folders: Number(count[3] ?? 0) };
  try {
    return { path, tree: JSON.parse(readFileSync(text, "utf8")) as SeedTree };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandError(
      EXIT.usage,
      `--seed takes FILESxBYTES, FILESxBYTES/FOLDERS or a JSON file with a tree, and ${text} is none: ${why}`,
      error,
    );
  }
}
