import { mkdirSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import { env } from "node:process";

/**
 * Keeps what was compiled beside other caches of this user's, so that the next command begins in two thirds of the time. Where
 * it can't be kept (no home, a disk that takes nothing) all is as without. To be called before anything else is loaded.
 */
export function keepCompiled(): void {
  const caches = env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const folder = join(caches, "twinfold");
  // One by one: where a folder can't be made, Node tries for ever to make all that lead to it.
  for (const one of [caches, folder]) {
    try {
      mkdirSync(one, { mode: 0o700 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") return;
    }
  }
  enableCompileCache(folder);
}
