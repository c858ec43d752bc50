import { chmodSync, fstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setModeOf } from "@twinfold/filesystem";
import type { Bytes } from "./bytes.ts";
import { type AtPlace, atPlace } from "./place-walk.ts";

const OWNER_WRITES = 0o200;
const MODE = 0o7777;
const OPENED = "opened-";

/**
 * Places below a root, also in folders of ours that their owner may not write into, as those that package managers make: for
 * as long as a step takes he may. What a folder's mode was is written down in `notes` first.
 */
export function writablePlaces(root: string, notes: string) {
  let open = 0;

  function opened<T>(folder: number, path: Bytes, body: () => T, refused: unknown): T {
    const mode = fstatSync(folder).mode & MODE;
    if ((mode & OWNER_WRITES) !== 0) throw refused;
    const held = `/proc/self/fd/${folder}`;
    const note = `${notes}/${OPENED}${open++}`;
    try {
      writeFileSync(note, JSON.stringify({ path: path.slice(0, Math.max(0, path.lastIndexOf("/"))), mode }));
      try {
        chmodSync(held, mode | OWNER_WRITES);
      } catch {
        // Another's.
        throw refused;
      }
      try {
        return body();
      } finally {
        chmodSync(held, mode);
      }
    } finally {
      rmSync(note, { force: true });
      open--;
    }
  }

  const at: AtPlace = (path, body) =>
    atPlace(root, path, (there, folder) => {
      try {
        return body(there, folder);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EACCES") throw error;
        return opened(folder, path, () => body(there, folder), error);
      }
    });

  return {
    /** Calls `body` once more where it was refused for the folder's mode. */
    at,
    /** After a kill: folders that may still be written into have their modes again. */
    recover(): void {
      for (const name of readdirSync(notes).filter((one) => one.startsWith(OPENED))) {
        const { path, mode } = read(`${notes}/${name}`) ?? {};
        if (path !== undefined && mode !== undefined)
          atPlace(root, path, (there) => setModeOf(there, mode, (stats) => stats.isDirectory()));
        rmSync(`${notes}/${name}`);
      }
    },
  };
}

/** Undefined when it was not written to its end: then nothing was done yet. */
function read(note: string): { readonly path: Bytes; readonly mode: number } | undefined {
  try {
    return JSON.parse(readFileSync(note, "utf8"));
  } catch {
    return undefined;
  }
}
