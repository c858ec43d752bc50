import { type FolderFiles, openFolderFiles } from "@twinfold/workspaces";
import type { Places } from "./places.ts";

/** An instance's files, as all pages change them. */
export function openWorkspaceFiles(places: Places, instanceId: string): FolderFiles {
  return openFolderFiles(places.files(instanceId), places.uploads.workspace, places.deleted("workspace", instanceId));
}
