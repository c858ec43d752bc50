import { randomUUID } from "node:crypto";
import { existsSync, lstatSync } from "node:fs";
import { lstat, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { FilesError, type FilesInRoot, type Put, removeWhole, renameIfFree } from "@twinfold/filesystem";
import { z } from "zod";

/** Hours in which what was deleted can be brought back. */
export const KEPT_HOURS = 24;

const about = z.object({
  path: z.string(),
  kind: z.enum(["file", "folder", "other"]),
  at: z.number(),
  /** What took its place, as `FilesInRoot` tells versions; missing for what was deleted. */
  replacedBy: z.string().optional(),
});
type About = z.infer<typeof about>;

export interface DeletedItem {
  readonly id: string;
  /** Where it was. */
  readonly path: string;
  readonly kind: "file" | "folder" | "other";
  /** When it was deleted, or replaced; seconds since 1970. */
  readonly at: number;
  /** Whether a new version took its place on the pages. */
  readonly replaced: boolean;
}

/** How what was replaced gets its name back. */
export interface Replacing {
  readonly put: FilesInRoot["put"];
  /** Null when nothing is there. */
  readonly versionAt: (path: string) => Promise<string | null>;
}

const ID = /^[0-9a-f-]{36}$/;

/**
 * What was deleted from one root, or replaced in it: each in a folder of its own, `ID/item`, with `ID/about.json` that says where it was. That
 * is written first, so that whatever ends the process, what lies there is known. @param folder on the root's file system
 */
export function openDeletedItems(folder: string) {
  const item = (id: string) => `${folder}/${id}/item`;

  /** A program may still work in what was deleted: no link that it puts there is followed. */
  async function clear(id: string): Promise<void> {
    if (existsSync(item(id))) await removeWhole(item(id));
    await rm(`${folder}/${id}`, { recursive: true, force: true });
  }

  async function find(id: string): Promise<About> {
    const known = ID.test(id) ? (await all()).find((one) => one.id === id) : undefined;
    if (known === undefined) {
      throw new FilesError("not-found", "It can't be brought back any more: it was, or its time is over.");
    }
    return known;
  }

  /** The newest first. Those whose time is over are gone from then on. */
  async function all(): Promise<(About & { readonly id: string })[]> {
    const found: (About & { readonly id: string })[] = [];
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

  const note = (id: string, known: About) =>
    writeFile(`${folder}/${id}/about.json`, JSON.stringify(known), { flush: true });

  async function begin(path: string, kind: About["kind"]): Promise<{ readonly id: string; readonly known: About }> {
    const id = randomUUID();
    await mkdir(`${folder}/${id}`, { recursive: true, mode: 0o700 });
    const known = { path, kind, at: now() };
    await note(id, known);
    return { id, known };
  }

  /** It takes the place again of what took it, which is kept in turn; unless something newer is there. @returns whether it does */
  async function exchangeBack(id: string, known: About, { put, versionAt }: Replacing): Promise<boolean> {
    const { path, replacedBy } = known;
    if (replacedBy === undefined || (await versionAt(path).catch(() => null)) !== replacedBy) return false;
    try {
      const { version } = await put(item(id), path, replacedBy);
      await note(id, { ...known, at: now(), replacedBy: version });
      return true;
    } catch (error) {
      // Somebody was faster.
      if (error instanceof FilesError && error.code === "changed") return false;
      throw error;
    }
  }

  return {
    async list(): Promise<DeletedItem[]> {
      return (await all()).map(({ replacedBy, ...one }) => ({ ...one, replaced: replacedBy !== undefined }));
    },
    /** Takes it out of the root. @returns the id by which it comes back */
    async keep(absolute: string, path: string, kind: DeletedItem["kind"]): Promise<string> {
      const { id } = await begin(path, kind);
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
     * Lets a staged file take a place, and keeps what had it. The staged one waits where that will be: whatever ends the
     * process, nothing is gone. @returns the id by which what was replaced comes back; null when nothing was
     */
    async replace(staged: string, path: string, put: (staged: string) => Promise<Put>) {
      const { ino } = await lstat(staged);
      const { id, known } = await begin(path, "file");
      try {
        await rename(staged, item(id));
        const { version, replaced } = await put(item(id));
        if (replaced) await note(id, { ...known, replacedBy: version });
        else await clear(id);
        return { version, keptAs: replaced ? id : null };
      } catch (error) {
        // Whatever else lies there is somebody's, and can be brought back.
        const left = lstatSync(item(id), { throwIfNoEntry: false })?.ino;
        if (left === undefined || left === ino) await clear(id);
        throw error;
      }
    },
    /**
     * Puts it where it was, or beside what has its name by now. @param at calls its body with a name for a path, whose folder
     * is made if it is gone @returns where it is
     */
    async bringBack(
      id: string,
      at: <T>(path: string, body: (name: string) => Promise<T>) => Promise<T>,
      replacing: Replacing,
    ): Promise<string> {
      const known = await find(id);
      const { path } = known;
      if (await exchangeBack(id, known, replacing)) return path;
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

const now = () => Math.floor(Date.now() / 1000);

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
