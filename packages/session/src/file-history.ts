import { type DropboxHistory, type FileHistory, type FileVersion, MOST_VERSIONS } from "@twinfold/dropbox";
import { type RelativePath, RemoteError, type Rev } from "@twinfold/engine";
import { ControlError } from "./control/control-error.ts";

export interface PathHistory extends FileHistory {
  /** Relative to the root. */
  readonly path: RelativePath;
}

/** What Dropbox has kept of the file at a path. @throws ControlError, RemoteError */
export async function versionsOf(history: DropboxHistory, path: RelativePath, most: number): Promise<PathHistory> {
  const found = await history.versions(path, most).catch((error: unknown) => {
    if (error instanceof RemoteError && error.code === "conflict")
      throw new ControlError("no", `${path} is a folder in Dropbox: name a file`);
    throw error;
  });
  if (found === null) throw new ControlError("no", `Dropbox has kept nothing of ${path}`);
  return { path, ...found };
}

/**
 * Makes a version what the file is now: in Dropbox, from where it comes to disk as any change there does, so that what
 * was edited on disk meanwhile is kept beside it. Without `rev`, the last version of what was deleted.
 * @throws ControlError, RemoteError
 */
export async function restoreVersion(
  history: DropboxHistory,
  path: RelativePath,
  rev: string | undefined,
): Promise<FileVersion> {
  const { versions, isDeleted } = await versionsOf(history, path, MOST_VERSIONS);
  if (rev === undefined && !isDeleted)
    throw new ControlError("usage", `${path} is there: say which version with --rev; see twinfold history ${path}`);
  const chosen = rev === undefined ? versions[0] : versions.find((one) => one.rev === rev);
  if (chosen === undefined) throw noVersion(path, rev);
  await history.restore(path, chosen.rev as Rev).catch((error: unknown) => {
    if (error instanceof RemoteError && error.code === "not-found") throw noVersion(path, chosen.rev);
    throw error;
  });
  return chosen;
}

function noVersion(path: string, rev: string | undefined): ControlError {
  return new ControlError("no", `Dropbox has no version ${rev ?? ""} of ${path}: see twinfold history ${path}`);
}
