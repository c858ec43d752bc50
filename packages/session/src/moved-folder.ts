import { existsSync } from "node:fs";
import { parseRemotePath, RemotePathError } from "@twinfold/dropbox";
import { openStore, StoreError } from "@twinfold/store";
import { readBinding, treesOf, writeBinding } from "./state-folder.ts";

/** Where in this account's Dropbox the folder lies that a state folder remembers; null when it remembers none. */
export function rememberedRemotePath(stateFolder: string, accountId: string): string | null {
  const binding = readBinding(`${stateFolder}/binding.json`);
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
 * remembered. Files keep their ids when a folder is moved, so that nothing is taken for new.
 */
export function rememberMove(stateFolder: string, from: string, to: string): void {
  const file = `${stateFolder}/binding.json`;
  const binding = readBinding(file);
  if (binding?.remotePath !== from) return;
  // A cursor is about a path. First: bound to the new one with the old cursor, all would look deleted.
  if (!forgetCursor(treesOf(stateFolder))) return;
  writeBinding(file, { ...binding, remotePath: to });
}

/** @returns false for trees that can't be read: the next session says so, and compares both sides anew. */
function forgetCursor(trees: string): boolean {
  if (!existsSync(trees)) return true;
  try {
    const store = openStore(trees);
    store.writeMeta("cursor", null);
    store.close();
    return true;
  } catch (error) {
    if (error instanceof StoreError) return false;
    throw error;
  }
}
