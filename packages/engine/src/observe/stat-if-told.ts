import { type FileSystem, FileSystemError, type LocalStat } from "../ports/file-system.ts";
import type { RelativePath } from "../ports/values.ts";

/**
 * What lies at a path: null for nothing, and undefined where that can't be told, which speaks for neither.
 * @throws FileSystemError `root`
 */
export async function statIfTold(
  fileSystem: Pick<FileSystem, "stat">,
  path: RelativePath,
): Promise<LocalStat | null | undefined> {
  try {
    return await fileSystem.stat(path);
  } catch (error) {
    if (error instanceof FileSystemError && error.code !== "root") return undefined;
    throw error;
  }
}
