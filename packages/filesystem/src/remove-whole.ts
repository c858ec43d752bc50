import { constants } from "node:fs";
import { lstat, open, readdir, readlink, rmdir, unlink } from "node:fs/promises";
import { basename } from "node:path";
import { FilesError } from "./files-error.ts";
import { mountIdOf } from "./mounts.ts";
import { setModeOf } from "./set-mode.ts";

const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants;

/** How often a folder is emptied into which somebody writes meanwhile. */
const TRIES = 5;
/** What its owner needs to empty a folder. */
const OPEN = 0o700;

/**
 * Removes a file, a link, or a folder with all that is in it. Folders are held open, so that no link is followed that comes in
 * a folder's place meanwhile, as Node's own `rm` would. One's own may be read-only, as those of Go's modules are. What is
 * mounted in it stays; all else goes. @throws what the kernel says
 */
export async function removeWhole(name: string | Buffer, mount?: string): Promise<void> {
  const stats = await lstat(name);
  if (!stats.isDirectory()) return unlink(name);
  if ((stats.mode & OPEN) !== OPEN) setModeOf(name, OPEN, (there) => there.isDirectory() && there.uid === own());
  for (let tries = 1; ; tries++) {
    await empty(name, mount);
    try {
      return await rmdir(name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOTEMPTY" || tries === TRIES) throw error;
    }
  }
}

const own = () => process.geteuid?.();

async function empty(folder: string | Buffer, mount: string | undefined): Promise<void> {
  const held = await open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    const here = mountIdOf(held.fd);
    if (mount !== undefined && here !== mount) throw await mounted(held.fd);
    let failed: unknown;
    const inHere = Buffer.from(`/proc/self/fd/${held.fd}/`);
    for (const inner of await readdir(inHere, { encoding: "buffer" })) {
      await removeWhole(Buffer.concat([inHere, inner]), here).catch((error: unknown) => {
        // Somebody else was faster.
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") failed ??= error;
      });
    }
    if (failed !== undefined) throw failed;
  } finally {
    await held.close();
  }
}

async function mounted(fd: number): Promise<FilesError> {
  const name = basename(await readlink(`/proc/self/fd/${fd}`));
  return new FilesError("denied", `"${name}" is another disk, which is mounted there: unmount it first`);
}
