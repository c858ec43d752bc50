import { chmodSync, statSync } from "node:fs";

/**
 * Takes from others every right to a file or folder that is there. What belongs to another user, or lies on a disk that is only
 * read, is left as whoever put it there wants it. @throws what stat(2) and chmod(2) say else
 */
export function makePrivate(path: string): void {
  const { mode } = statSync(path);
  if ((mode & 0o077) === 0) return;
  try {
    chmodSync(path, mode & 0o7700);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EPERM" && code !== "EROFS") throw error;
  }
}
