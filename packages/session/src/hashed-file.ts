import { createContentHasher } from "@twinfold/dropbox-rules";
import { FilesError, type FilesInRoot } from "@twinfold/filesystem";

/** What is at a path now; null for nothing. `hash`: Dropbox's content hash, null for what is no file. @throws FilesError */
export async function hashedFile(
  files: FilesInRoot,
  path: string,
): Promise<{ readonly hash: string | null; readonly version: string } | null> {
  try {
    const { content, version } = await files.read(path);
    const hasher = createContentHasher();
    for await (const chunk of content) hasher.update(chunk as Uint8Array);
    return { hash: hasher.digest(), version };
  } catch (error) {
    if (!(error instanceof FilesError)) throw error;
    if (error.code === "not-found") return null;
    if (error.code === "not-a-file") return { hash: null, version: "" };
    throw error;
  }
}
