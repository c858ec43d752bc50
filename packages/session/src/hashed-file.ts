import { createContentHasher } from "@twinfold/dropbox-rules";
import { FilesError, type FilesInRoot } from "@twinfold/filesystem";

/** What is at a path now; null for nothing. `hash`: Dropbox's content hash, null for what is no file. @throws FilesError */
export async function hashedFile(
  files: FilesInRoot,
  path: string,
): Promise<{ readonly hash: string | null; readonly version: string } | null> {
  try {
    const { content, version } = await files.read(path);
    return { hash: await hashOfStream(content), version };
  } catch (error) {
    if (!(error instanceof FilesError)) throw error;
    if (error.code === "not-found") return null;
    if (error.code === "not-a-file") return { hash: null, version: "" };
    throw error;
  }
}

/** Dropbox's content hash of all that comes. @throws what the stream breaks off with */
export async function hashOfStream(content: AsyncIterable<Uint8Array>): Promise<string> {
  const hasher = createContentHasher();
  for await (const chunk of content) hasher.update(chunk);
  return hasher.digest();
}
