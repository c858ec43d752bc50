import { randomUUID } from "node:crypto";
import { existsSync, lstatSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { FilesError, removeWhole, renameIfFree } from "@twinfold/filesystem";
import { z } from "zod";

/** Hours in which what was deleted can be brought back. */
export const KEPT_HOURS = 24;

const about = z.object({ path: z.string(), kind: z.enum(["file", "folder", "other"]), at: z.number() });

export interface DeletedItem {
  readonly id: string;
  /** Where it was. */
  readonly path: string;
  readonly kind: "file" | "folder" | "other";
  /** When it was deleted; seconds since 1970. */
  readonly at: number;
}

const ID = /^[0-9a-f-]{36}$/;

/**
 * What was deleted from one root: each in a folder of its own, `ID/item`, with `ID/about.json` that says where it was. That
 * is written first, so that whatever ends the process, what lies there is known. @param folder on the root's file system
 */
export function openDeletedItems(folder: string) {
  const item = (id: string) => `${folder}/${id}/item`;

  /** A program may still work in what was deleted: no link that it puts there is followed. */
  async function clear(id: string): Promise<void> {
    if (existsSync(item(id))) await removeWhole(item(id));
    await rm(`${folder}/${id}`, { recursive: true, force: true });
  }

  async function find(id: string): Promise<DeletedItem> {
    const known = ID.test(id) ? (await list()).find((one) => one.id === id) : undefined;
    if (known === undefined) {
      throw new FilesError("not-found", "It can't be brought back any more: it was, or its time is over.");
    }
    return known;
  }

  /** The newest first. Those whose time is over are gone from then on. */
  async function list(): Promise<DeletedItem[]> {
    const found: DeletedItem[] = [];
    for (const id of await readdir(folder).catch(() => [])) {
      const text = await readFile(`${folder}/${id}/about.json`, "utf8").catch(() => null);
      const known = text === null ? null : about.safeParse(parsed(text)).data;
      const isThere = lstatSync(item(id), { throwIfNoEntry: false }) !== undefined;
      if (known === null || known === undefined) continue;
      if (!isThere || known.at < Date.now() / 1000 - KEPT_HOURS * 3600) {
        // Half made or long over; one that is being made just now is younger.
        if (known.at < Date.now() / 1000 - 60) await clear(id);
      } else found.push({ id, ...known });
    }
    return found.sort((a, b) => b.at - a.at);
  }

  return {
    list,
    /** Takes it out of the root. @returns the id by which it comes back */
    async keep(absolute: string, path: string, kind: DeletedItem["kind"]): Promise<string> {
      const id = randomUUID();
      await mkdir(`${folder}/${id}`, { recursive: true, mode: 0o700 });
      const at = Math.floor(Date.now() / 1000);
      await writeFile(`${folder}/${id}/about.json`, JSON.stringify({ path, kind, at }), { flush: true });
      try {
        await rename(absolute, item(id));
      } catch (error) {
        await clear(id);
        if ((error as NodeJS.ErrnoException).code !== "EXDEV") throw error;
        const why = `"${path}" lies on another disk, from where it could not be brought back: delete it in an application.`;
        throw new FilesError("denied", why, error);
      }
      return id;
    },
    /**
     * Puts it where it was, or beside what has its name by now. @param at calls its body with a name for a path, whose folder
     * is made if it is gone @returns where it is
     */
    async bringBack(
      id: string,
      at: <T>(path: string, body: (name: string) => Promise<T>) => Promise<T>,
    ): Promise<string> {
      const { path } = await find(id);
      for (let count = 1; ; count++) {
        const to = count === 1 ? path : numbered(path, count);
        if (!(await at(to, async (name) => renameIfFree(item(id), name)))) continue;
        await clear(id);
        return to;
      }
    },
    /** For good: its room on the disk is free again. */
    async forget(id: string): Promise<void> {
      await find(id);
      await clear(id);
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** `folder/name (2).txt` */
function numbered(path: string, count: number): string {
  const name = basename(path);
  const dot = name.lastIndexOf(".");
  const end = dot > 0 ? dot : name.length;
  const folder = dirname(path) === "." ? "" : `${dirname(path)}/`;
  return `${folder}${name.slice(0, end)} (${count})${name.slice(end)}`;
}
