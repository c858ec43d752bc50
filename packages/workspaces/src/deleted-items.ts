import { randomUUID } from "node:crypto";
import { lstatSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import {
  ASIDE,
  FilesError,
  type FilesErrorCode,
  type FilesInRoot,
  failOn,
  numberedName,
  type Put,
  removeWhole,
  renameIfFree,
} from "@twinfold/filesystem";
import { z } from "zod";

/** Hours in which what was deleted can be brought back. */
export const KEPT_HOURS = 24;
/** How often those whose time is over are looked for, where nobody asks what there is; milliseconds. */
const PRUNE_EVERY = 3_600_000;
/** Notes that are read at a time. */
const AT_ONCE = 64;

const about = z.object({
  path: z.string(),
  kind: z.enum(["file", "folder", "other"]),
  at: z.number(),
  /** What took its place, as `FilesInRoot` tells versions, or "" where that is not known; missing for what was deleted. */
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

const ID = /^[0-9a-f-]{36}$/;

/** Not what took the place: something newer, nothing, or no such folder any more. */
const ANOTHER_IS_THERE: ReadonlySet<FilesErrorCode> = new Set([
  "changed",
  "exists",
  "not-found",
  "not-a-folder",
  "bad-path",
]);

/** When each folder was looked through last, on the monotonic clock. */
const prunedAt = new Map<string, number>();

/**
 * What was deleted from one root, or replaced in it: each in a folder of its own, `ID/item`, with `ID/about.json` that says where
 * it was. That is written first, so that whatever ends the process, what lies there is known. An id is good for once: what
 * is kept anew has another. @param folder on the root's file system
 */
export function openDeletedItems(folder: string) {
  const item = (id: string) => `${folder}/${id}/item`;
  const aside = (id: string) => `${item(id)}${ASIDE}`;

  /** A program may still work in what was deleted: no link that it puts there is followed. */
  async function clear(id: string): Promise<void> {
    if (isThere(item(id))) await removeWhole(item(id));
    await rm(`${folder}/${id}`, { recursive: true, force: true });
  }

  /** For what nobody waits for: what can't go yet holds up nothing else, and goes at the next time. */
  const clearIfPossible = (id: string) => clear(id).catch(() => undefined);

  /** Never half written: without it nobody knows what lies there. */
  async function note(id: string, known: About): Promise<void> {
    const file = `${folder}/${id}/about.json`;
    await writeFile(`${file}.new`, JSON.stringify(known), { flush: true });
    await rename(`${file}.new`, file);
  }

  async function begin(path: string, kind: About["kind"], replacedBy?: string): Promise<string> {
    await prune();
    const id = randomUUID();
    await mkdir(`${folder}/${id}`, { recursive: true, mode: 0o700 });
    await note(id, { path, kind, at: now(), ...(replacedBy === undefined ? {} : { replacedBy }) });
    return id;
  }

  /** @returns null for what can't be brought back: it was, its time is over, or it is being made just now */
  async function read(id: string): Promise<About | null> {
    const text = await readFile(`${folder}/${id}/about.json`, "utf8").catch(() => null);
    const known = text === null ? null : (about.safeParse(parsed(text)).data ?? null);
    if (known === null) return null;
    // A process has ended just as it was to have its name.
    if (!isThere(item(id)) && isThere(aside(id))) await rename(aside(id), item(id)).catch(() => undefined);
    const isOver = known.at < now() - KEPT_HOURS * 3600;
    if (isThere(item(id)) && !isOver) return known;
    // Half made or long over; one that is being made just now is younger.
    if (known.at < now() - 60) await clearIfPossible(id);
    return null;
  }

  async function find(id: string): Promise<About> {
    const known = ID.test(id) ? await read(id) : null;
    if (known === null) throw gone();
    return known;
  }

  /** The newest first. Those whose time is over are gone from then on. */
  async function list(): Promise<DeletedItem[]> {
    prunedAt.set(folder, performance.now());
    const found: DeletedItem[] = [];
    const ids = await readdir(folder).catch((): string[] => []);
    for (let start = 0; start < ids.length; start += AT_ONCE) {
      const some = ids.slice(start, start + AT_ONCE);
      for (const [at, known] of (await Promise.all(some.map(read))).entries()) {
        if (known === null) continue;
        const { replacedBy, ...one } = known;
        found.push({ id: some[at] ?? "", ...one, replaced: replacedBy !== undefined });
      }
    }
    return found.sort((a, b) => b.at - a.at);
  }

  async function prune(): Promise<void> {
    const last = prunedAt.get(folder);
    if (last === undefined || performance.now() - last > PRUNE_EVERY) await list();
  }

  /** Lets what lies at `from` take a place, and keeps what had it. @throws what `put` throws: then it lies there again */
  async function exchange(from: string, path: string, put: (waiting: string) => Promise<Put>) {
    const id = await begin(path, "file", "");
    try {
      await rename(from, item(id));
      const { version, replaced } = await put(item(id));
      if (!replaced) await clearIfPossible(id);
      // Where that fails it comes back beside.
      else await note(id, { path, kind: "file", at: now(), replacedBy: version }).catch(() => undefined);
      return { version, keptAs: replaced ? id : null };
    } catch (error) {
      await rename(item(id), from).catch(() => undefined);
      if (!isThere(item(id)) && !isThere(aside(id))) await clearIfPossible(id);
      throw error;
    }
  }

  /** It takes the place again of what took it, which is kept in turn; unless something newer is there. @returns whether it does */
  async function exchangeBack(id: string, { path, replacedBy }: About, put: FilesInRoot["put"]): Promise<boolean> {
    if (replacedBy === undefined || replacedBy === "") return false;
    try {
      await exchange(item(id), path, (waiting) => put(waiting, path, replacedBy));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") throw gone();
      if (error instanceof FilesError && ANOTHER_IS_THERE.has(error.code)) return false;
      throw error;
    }
    await clearIfPossible(id);
    return true;
  }

  return {
    list,
    /** Takes it out of the root. @returns the id by which it comes back */
    async keep(absolute: string, path: string, kind: DeletedItem["kind"]): Promise<string> {
      const id = await begin(path, kind);
      try {
        await rename(absolute, item(id));
      } catch (error) {
        await clearIfPossible(id);
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
    replace: exchange,
    /**
     * Puts it where it was: in the place of what took it, which is kept in turn, or beside anything newer.
     * @param at calls its body with a name for a path, whose folder is made if it is gone @returns where it is
     */
    async bringBack(
      id: string,
      at: <T>(path: string, body: (name: string) => Promise<T>) => Promise<T>,
      put: FilesInRoot["put"],
    ): Promise<string> {
      const known = await find(id);
      const { path } = known;
      if (await exchangeBack(id, known, put)) return path;
      for (let count = 1; ; count++) {
        const to = count === 1 ? path : numberedName(path, count);
        if (!(await at(to, async (name) => renameIfFree(item(id), name)))) continue;
        await clearIfPossible(id);
        return to;
      }
    },
    /** For good: its room on the disk is free again. @throws FilesError `denied` for what may not be removed */
    async forget(id: string): Promise<void> {
      const { path } = await find(id);
      try {
        await clear(id);
      } catch (error) {
        failOn(path, error);
      }
    },
  };
}

const gone = () => new FilesError("not-found", "It can't be brought back any more: it was, or its time is over.");

/** Links count, wherever they lead. */
const isThere = (name: string) => lstatSync(name, { throwIfNoEntry: false }) !== undefined;

const now = () => Math.floor(Date.now() / 1000);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
