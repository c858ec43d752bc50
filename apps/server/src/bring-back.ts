import { closeSync } from "node:fs";
import { posix } from "node:path";
import { Readable } from "node:stream";
import { hashedFile } from "@twinfold/session";
import { FilesError, type FolderFiles, nameWith } from "@twinfold/workspaces";
import type { Kept, KeptContents } from "./kept-contents.ts";

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
 * Brings a content back that Dropbox or a snapshot has kept, into the workspace, from where it syncs as anything that a person writes.
 * It takes the place of what took its place; beside anything newer it comes under another name.
 * @throws RemoteError, FilesError
 */
export async function bringBack(
  files: FolderFiles,
  contents: KeptContents,
  lost: Lost,
  signal: AbortSignal,
): Promise<BroughtBack> {
  const { path, was, now } = lost;
  let kept: Kept | null = null;
  let besides = 1;
  for (let tries = 1; ; tries++) {
    const there = await hashedFile(files, path);
    if (there !== null && there.hash === was) return "as before";
    const isReplaced = there !== null && there.hash !== null && there.hash === now;
    const as = there === null || isReplaced ? path : besideName(path, besides);
    // By an undo that was cut short before it could say so.
    if (as !== path && (await hashedFile(files, as))?.hash === was) return { as };
    kept ??= await contents.find(path, was);
    try {
      const over = isReplaced ? there.version : null;
      const accept = async (content: AsyncIterable<Uint8Array>) => {
        await files.write(as, Readable.from(content), over);
      };
      await kept.read(accept, signal);
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

/** `report (brought back 2026-01-31).txt`; with a counter from the second on. */
function besideName(path: string, count: number): string {
  const { dir, base } = posix.parse(path);
  const day = new Date().toISOString().slice(0, 10);
  return posix.join(dir, nameWith(base, ` (brought back ${day}${count > 1 ? ` ${count}` : ""})`));
}
