import { renameSync } from "node:fs";
import { nameWith } from "@twinfold/filesystem";
import { statOfName } from "../stat-of-name.ts";
import { type Bytes, joinBytes } from "./bytes.ts";
import type { AtPlace } from "./place-walk.ts";

/**
 * Gives a file that somebody wrote to meanwhile a free name beside the path that it was to leave: `NAME (WORDS).EXT`, in the
 * nearest folder above where its own is gone. @throws where there is none. @param file by any name, on the root's file system
 */
export function keepBeside(at: AtPlace, path: Bytes, file: string | Buffer, words: string): void {
  const slash = path.lastIndexOf("/");
  const name = path.slice(slash + 1);
  let folder = path.slice(0, Math.max(0, slash));
  for (let count = 1; ; ) {
    const kept = nameWith(name, ` (${words})${count === 1 ? "" : ` ${count}`}`, "latin1");
    const free = at(joinBytes(folder, kept), (there) => {
      if (statOfName(there) !== undefined) return false;
      renameSync(file, there);
      return true;
    });
    if (free === true) return;
    if (free === false) count++;
    else if (folder === "") throw new Error("the folder that it was in is gone, with all that it was in");
    else folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/")));
  }
}
