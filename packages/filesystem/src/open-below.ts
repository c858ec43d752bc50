import { closeSync, constants, lstatSync, mkdirSync, openSync } from "node:fs";

const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants;

/**
 * Opens a folder below the root by the folders on the way to it, one in the other, so that no link is followed, whoever puts
 * one there meanwhile (openat(2), through proc(5)'s names of descriptors). To be closed by the caller.
 * @param make with it folders that are missing are made, of this mode
 * @throws what opening a folder throws; `ELOOP` for a link
 */
export function openBelow(root: string, names: readonly (string | Buffer)[], make?: number): number {
  let fd = openSync(root, O_RDONLY | O_DIRECTORY);
  for (const name of names) {
    const outer = fd;
    const full = Buffer.concat([Buffer.from(`/proc/self/fd/${outer}/`), Buffer.from(name)]);
    try {
      if (make !== undefined) makeIfMissing(full, make);
      fd = openSync(full, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    } catch (error) {
      // Of a link the kernel says that it is no folder.
      const isLink = lstatSync(full, { throwIfNoEntry: false })?.isSymbolicLink() === true;
      throw isLink ? Object.assign(new Error("a symbolic link", { cause: error }), { code: "ELOOP" }) : error;
    } finally {
      closeSync(outer);
    }
  }
  return fd;
}

function makeIfMissing(folder: Buffer, mode: number): void {
  // Looked for first: where nothing can be made, what is there is good all the same.
  if (lstatSync(folder, { throwIfNoEntry: false }) !== undefined) return;
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
