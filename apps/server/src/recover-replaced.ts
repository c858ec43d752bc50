import { readdir } from "node:fs/promises";
import { openFolderFiles } from "@twinfold/workspaces";
import type { Places } from "./places.ts";

/**
 * What had to step aside for an upload that an end of the server has cut short has its place again, or is kept. To be waited for
 * before sync looks at the files: to it they were deleted.
 */
export async function recoverReplaced(places: Places, log: (message: string) => void): Promise<void> {
  for (const area of ["workspace", "personal"] as const) {
    for (const owner of await readdir(places.allDeleted(area)).catch((): string[] => [])) {
      const root = area === "workspace" ? places.files(owner) : places.personal(owner);
      const files = openFolderFiles(root, places.uploads[area], places.deleted(area, owner));
      await files
        .recover()
        .catch((error: unknown) => log(`what was replaced in ${root} could not be looked at: ${error}`));
    }
  }
}
