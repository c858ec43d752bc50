import { parseRemotePath, RemotePathError } from "@twinfold/dropbox";
import { type HeldFolder, inFolderIfThere } from "@twinfold/filesystem";
import { StoreError } from "@twinfold/store";
import { readBinding, writeBinding } from "./binding.ts";
import { openTrees, type StateFolder, settleTrees } from "./trees-file.ts";

/** Where in this account's Dropbox the folder lies that a state folder remembers; null when it remembers none. @throws InTheWayError */
export function rememberedRemotePath(place: StateFolder, accountId: string): string | null {
  const binding = inFolderIfThere(place, null, readBinding);
  if (binding?.accountId !== accountId) return null;
  try {
    return parseRemotePath(binding.remotePath);
  } catch (error) {
    if (error instanceof RemotePathError) return null;
    throw error;
  }
}

/**
 * The folder was moved in Dropbox as a whole, while no session runs: the next one goes on there with all that is
 * remembered. Files keep their ids when a folder is moved, so that nothing is taken for new. @throws InTheWayError
 */
export function rememberMove(place: StateFolder, from: string, to: string): void {
  inFolderIfThere(place, undefined, (folder) => {
    const binding = readBinding(folder);
    if (binding?.remotePath !== from) return;
    // A cursor is about a path. First: bound to the new one with the old cursor, all would look deleted.
    if (!forgetCursor(folder, place)) return;
    writeBinding(folder, { ...binding, remotePath: to });
  });
}

/** @returns false for trees that can't be read: the next session says so, and compares both sides anew. */
function forgetCursor(folder: HeldFolder, place: StateFolder): boolean {
  const found = settleTrees(folder, place);
  if (found !== "sound") return found === "none";
  try {
    const store = openTrees(folder, place);
    store.writeMeta("cursor", null);
    store.close();
    return true;
  } catch (error) {
    if (error instanceof StoreError) return false;
    throw error;
  }
}
