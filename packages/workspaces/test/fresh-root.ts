import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FolderFiles, openFolderFiles } from "../src/index.ts";

/** A folder for all, and in it an empty root, with what is deleted from it in `deleted`. Whoever asks removes it. */
export function freshRoot(): { readonly world: string; readonly root: string; readonly files: FolderFiles } {
  const world = mkdtempSync(join(tmpdir(), "twinfold-files-"));
  const root = join(world, "root");
  mkdirSync(root);
  return { world, root, files: openFolderFiles(root, join(world, "staging"), join(world, "deleted")) };
}
