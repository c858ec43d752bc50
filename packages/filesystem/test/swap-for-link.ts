import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, lstatSync, readdirSync, readFileSync, renameSync, symlinkSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("swapping-program.ts", import.meta.url));

/** All that can be seen of a folder or file, and of what is in it: kind, mode, times, size, inode and content. */
export function seenOf(path: string): string[] {
  const stats = lstatSync(path, { bigint: true });
  const { mode, mtimeNs, ctimeNs, size, ino, nlink } = stats;
  const here = [path, mode, mtimeNs, ctimeNs, size, ino, nlink].join(" ");
  if (!stats.isDirectory()) return [`${here} ${readFileSync(path, "base64")}`];
  return [here, ...readdirSync(path).flatMap((name) => seenOf(join(path, name)))];
}

/**
 * Makes a name stand for a link, and for what it stands for now, in turns, by a program of its own.
 * @param link its other name meanwhile @returns ends it, with no link there
 */
export async function swapForLink(
  path: string,
  target: string,
  link: string = `${path}.link`,
): Promise<() => Promise<void>> {
  symlinkSync(target, link);
  const child = spawn(process.execPath, [PROGRAM, path, link], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const ended = once(child, "exit");
  await once(child, "message");
  return async () => {
    child.disconnect();
    await ended;
    // What goes by file names may have moved one of the two meanwhile.
    for (const one of [path, link])
      if (lstatSync(one, { throwIfNoEntry: false })?.isSymbolicLink() === true) unlinkSync(one);
    if (!existsSync(path) && existsSync(link)) renameSync(link, path);
  };
}
