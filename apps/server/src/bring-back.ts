import { closeSync } from "node:fs";
import { posix } from "node:path";
import { Readable } from "node:stream";
import type { DropboxHistory, FileVersion } from "@twinfold/dropbox";
import { createContentHasher } from "@twinfold/dropbox-rules";
import { RemoteError } from "@twinfold/engine";
import { hashedFile, keptVersion } from "@twinfold/session";
import { FilesError, type FolderFiles } from "@twinfold/workspaces";

/** How often it is tried again while somebody else writes there. */
const MOST_TRIES = 20;

/** A file as it was, and as what took its place; hashes of contents. */
export interface Lost {
  readonly path: string;
  readonly was: string;
  readonly now: string | null;
}

/** Where it is now; `as before`: it was there already. */
export type BroughtBack = { readonly as: string } | "as before";

/**
 * Brings a content back that Dropbox has kept, into the workspace, from where it syncs as anything that a person writes.
 * It takes the place of what took its place; beside anything newer it comes under another name.
 * @throws RemoteError, FilesError
 */
export async function bringBack(
  files: FolderFiles,
  history: DropboxHistory,
  lost: Lost,
  signal: AbortSignal,
): Promise<BroughtBack> {
  const { path, was, now } = lost;
  let version: FileVersion | null = null;
  let besides = 1;
  for (let tries = 1; ; tries++) {
    const there = await hashedFile(files, path);
    if (there !== null && there.hash === was) return "as before";
    const isReplaced = there !== null && there.hash !== null && there.hash === now;
    const as = there === null || isReplaced ? path : besideName(path, besides);
    // By an undo that was cut short before it could say so.
    if (as !== path && (await hashedFile(files, as))?.hash === was) return { as };
    version ??= await keptVersion(history, path, was);
    if (version === null) throw new RemoteError("not-found", "Dropbox does not keep this version any more.");
    try {
      const over = isReplaced ? there.version : null;
      const accept = async (content: AsyncIterable<Uint8Array>) => {
        await files.write(as, Readable.from(verified(content, was)), over);
      };
      await history.read(version, accept, signal);
      return { as };
    } catch (error) {
      if (!(error instanceof FilesError) || tries === MOST_TRIES) throw error;
      // Its folder has gone too.
      if (error.code === "not-found") await makeFolders(files, posix.dirname(as));
      // Somebody was faster: what is there now is newer.
      else if (error.code !== "changed" && error.code !== "exists") throw error;
      else if (as !== path) besides++;
    }
  }
}

/** With all that they lie in; those that are there stay. @throws FilesError */
export async function makeFolders(files: FolderFiles, path: string): Promise<void> {
  const names = path === "." || path === "" ? [] : path.split("/");
  for (const depth of names.keys()) {
    const folder = names.slice(0, depth + 1).join("/");
    await files.createFolder(folder).catch((error: unknown) => {
      if (!(error instanceof FilesError) || error.code !== "exists") throw error;
      // Something else may have the name.
      closeSync(files.openFolder(folder));
    });
  }
}

/** @throws RemoteError `mismatch` at its end, before whoever takes it believes that it is whole */
async function* verified(content: AsyncIterable<Uint8Array>, wanted: string): AsyncIterable<Uint8Array> {
  const hasher = createContentHasher();
  for await (const chunk of content) {
    hasher.update(chunk);
    yield chunk;
  }
  if (hasher.digest() !== wanted) throw new RemoteError("mismatch", "It arrived damaged from Dropbox: try again.");
}

/** `report (brought back 2026-01-31).txt`; with a counter from the second on. */
function besideName(path: string, count: number): string {
  const { dir, name, ext } = posix.parse(path);
  const day = new Date().toISOString().slice(0, 10);
  return posix.join(dir, `${name} (brought back ${day}${count > 1 ? ` ${count}` : ""})${ext}`);
}
