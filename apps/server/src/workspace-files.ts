import { type FolderFiles, openFolderFiles } from "@twinfold/workspaces";
import type { Places } from "./places.ts";

/** An instance's files, as all pages change them. @param checkMayPut as `openFolderFiles` has it */
export function openWorkspaceFiles(places: Places, instanceId: string, checkMayPut?: () => Promise<void>): FolderFiles {
  const [files, deleted] = [places.files(instanceId), places.deleted("workspace", instanceId)];
  return openFolderFiles(files, places.uploads.workspace, deleted, checkMayPut);
}
