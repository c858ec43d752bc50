import { constants } from "node:fs";
import { lstat, open, readdir, rmdir, unlink } from "node:fs/promises";
import { setModeOf } from "./set-mode.ts";

const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants;

/** How often a folder is emptied into which somebody writes meanwhile. */
const TRIES = 5;
/** What its owner needs to empty a folder. */
const OPEN = 0o700;

/**
 * Removes a file, a link, or a folder with all that is in it. Folders are held open, so that no link is followed that comes in
 * a folder's place meanwhile, as Node's own `rm` would. One's own may be read-only, as those of Go's modules are.
 * @throws what the kernel says
 */
export async function removeWhole(name: string | Buffer): Promise<void> {
  const stats = await lstat(name);
  if (!stats.isDirectory()) return unlink(name);
  if ((stats.mode & OPEN) !== OPEN) setModeOf(name, OPEN, (there) => there.isDirectory() && there.uid === own());
  for (let tries = 1; ; tries++) {
    await empty(name);
    try {
      return await rmdir(name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOTEMPTY" || tries === TRIES) throw error;
    }
  }
}

const own = () => process.geteuid?.();

async function empty(folder: string | Buffer): Promise<void> {
  const held = await open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    const here = Buffer.from(`/proc/self/fd/${held.fd}/`);
    for (const inner of await readdir(here, { encoding: "buffer" })) {
      await removeWhole(Buffer.concat([here, inner])).catch((error: unknown) => {
        // Somebody else was faster.
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      });
    }
  } finally {
    await held.close();
  }
}
