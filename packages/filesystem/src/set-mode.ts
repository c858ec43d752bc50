import { chmodSync, closeSync, constants, fstatSync, openSync, type Stats } from "node:fs";

/** Holds what a name stands for, with no leave to read it (open(2)); Node has no name for it. */
const O_PATH = 0o10000000;

/**
 * Sets the mode of what has a name, unless that is a link: none is followed, also none that comes just then.
 * @param isMeant of other things nothing is changed. @throws what the kernel says, but for a name that nothing has
 */
export function setModeOf(name: string | Buffer, mode: number, isMeant: (stats: Stats) => boolean = () => true): void {
  let fd: number;
  try {
    fd = openSync(name, O_PATH | constants.O_NOFOLLOW);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  try {
    const stats = fstatSync(fd);
    if (!stats.isSymbolicLink() && isMeant(stats)) chmodSync(`/proc/self/fd/${fd}`, mode);
  } finally {
    closeSync(fd);
  }
}
