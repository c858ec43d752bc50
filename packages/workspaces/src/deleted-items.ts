import { randomUUID } from "node:crypto";
import { lstatSync } from "node:fs";
import { mkdir, readdir, rename, rm, unlink } from "node:fs/promises";
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
import { type About, readAbout, writeAbout } from "./deleted-about.ts";
import { isFull, type Reserve } from "./reserve.ts";
import { statOfName } from "./stat-of-name.ts";

/** Hours in which what was deleted can be brought back. */
export const KEPT_HOURS = 24;
/** How often those whose time is over are looked for, where nobody asks what there is; milliseconds. */
const PRUNE_EVERY = 3_600_000;
/** Seconds in which what is half made may still be being made. */
const YOUNG = 60;
/** Notes that are read at a time. */
const AT_ONCE = 64;

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
 * is kept anew has another.
 * @param folder on the root's file system @param atPath as `at` in `FilesInRoot`
 */
export function openDeletedItems(folder: string, atPath: FilesInRoot["at"], reserve: Reserve) {
  const item = (id: string) => `${folder}/${id}/item`;
  const aside = (id: string) => `${item(id)}${ASIDE}`;

  /** A program may still work in what was deleted: no link that it puts there is followed. */
  async function clear(id: string): Promise<void> {
    if (isThere(item(id))) await removeWhole(item(id));
    // Not before it is settled what becomes of that.
    if (!isThere(aside(id))) await rm(`${folder}/${id}`, { recursive: true, force: true });
  }

  /** For what nobody waits for: what can't go yet holds up nothing else, and goes at the next time. */
  const clearIfPossible = (id: string) => clear(id).catch(() => undefined);

  const note = (id: string, known: About) => writeAbout(`${folder}/${id}`, known);

  async function begin(path: string, kind: About["kind"], replacedBy?: string): Promise<string> {
    const id = randomUUID();
    await mkdir(`${folder}/${id}`, { recursive: true, mode: 0o700 });
    try {
      await note(id, { path, kind, at: now(), ...(replacedBy === undefined ? {} : { replacedBy }) });
    } catch (error) {
      await clearIfPossible(id);
      throw error;
    }
    return id;
  }

  /**
   * The process has ended, or the disk has refused more, when what had the place was aside and not yet the item: it has its place
   * again, or is kept from now on. What was to take the place may be all that there is of something else: it is not replaced.
   * @returns what is known of the item from then on
   */
  async function settle(id: string, known: About): Promise<About> {
    if (!isThere(aside(id))) return known;
    const { path, kind } = known;
    const isBack = await atPath(path, async (name) => {
      if (renameIfFree(aside(id), name)) return true;
      // It has the place already: by its second name it would change with it.
      if (isSameFile(item(id), name)) await unlink(item(id));
      return false;
    }).catch(() => false);
    if (isBack) return known;
    if (isThere(item(id))) {
      await rename(aside(id), item(await begin(path, kind, "")));
      return known;
    }
    const renewed = { path, kind, at: now(), replacedBy: "" };
    await note(id, renewed);
    await rename(aside(id), item(id));
    return renewed;
  }

  /** @returns null for what can't be brought back: it was, its time is over, or it is being made just now */
  async function read(id: string): Promise<About | null> {
    const noted = await readAbout(`${folder}/${id}`);
    if (noted === null) {
      if (isLeftOver(id)) await clearIfPossible(id);
      return null;
    }
    const known = await settle(id, noted).catch(() => noted);
    const isOver = known.at < now() - KEPT_HOURS * 3600;
    if (isThere(item(id)) && !isOver) return known;
    // Half made or long over; one that is being made just now is younger.
    if (known.at < now() - YOUNG) await clearIfPossible(id);
    return null;
  }

  /** Nobody came to say what was to lie there, and nothing does. */
  function isLeftOver(id: string): boolean {
    const made = statOfName(`${folder}/${id}`);
    return (
      made !== undefined &&
      ID.test(id) &&
      made.mtimeMs / 1000 < now() - YOUNG &&
      !isThere(item(id)) &&
      !isThere(aside(id))
    );
  }

  async function find(id: string): Promise<About> {
    const known = ID.test(id) ? await read(id) : null;
    if (known === null) throw gone();
    return known;
  }

  /** What an end of the process has left between two places has one again. Of what can't be settled now, nothing is lost. */
  async function recover(): Promise<void> {
    for (const id of await idsOf(folder)) {
      try {
        if (isThere(aside(id))) await read(id);
      } catch {
        // One that can't be looked at holds up no other.
      }
    }
  }

  /** The newest first. Those whose time is over are gone from then on. */
  async function list(): Promise<DeletedItem[]> {
    prunedAt.set(folder, performance.now());
    await recover();
    const found: DeletedItem[] = [];
    const ids = await idsOf(folder);
    for (let start = 0; start < ids.length; start += AT_ONCE) {
      const some = ids.slice(start, start + AT_ONCE);
      for (const [at, known] of (await Promise.all(some.map((id) => read(id).catch(() => null)))).entries()) {
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

  async function moveAway(absolute: string, path: string, kind: DeletedItem["kind"]): Promise<string> {
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
  }

  /** Lets what lies at `from` take a place, and keeps what had it. @throws what `put` throws: then it lies there again */
  async function exchange(from: string, path: string, put: (waiting: string) => Promise<Put>) {
    await prune();
    const id = await begin(path, "file", "");
    const stamp = stampOf(from);
    try {
      await rename(from, item(id));
      const { version, replaced } = await put(item(id));
      if (!replaced) await clearIfPossible(id);
      // Where that fails it comes back beside.
      else await note(id, { path, kind: "file", at: now(), replacedBy: version }).catch(() => undefined);
      return { version, keptAs: replaced ? id : null };
    } catch (error) {
      // Unless it is what was replaced: that is kept.
      if (stampOf(item(id)) === stamp) await rename(item(id), from).catch(() => undefined);
      await settle(id, { path, kind: "file", at: now(), replacedBy: "" }).catch(() => undefined);
      if (!isThere(item(id))) await clearIfPossible(id);
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
    recover,
    /** Takes it out of the root, also on a full disk. @returns the id by which it comes back */
    async keep(absolute: string, path: string, kind: DeletedItem["kind"]): Promise<string> {
      await prune();
      try {
        return await reserve.within(() => moveAway(absolute, path, kind));
      } catch (error) {
        if (!isFull(error)) throw error;
        const why = `The disk is so full that "${path}" can't be kept for a day, as what is deleted is`;
        const what = "delete for good what was deleted before, or delete snapshots, then try again";
        throw new FilesError("full", `${why}: ${what}.`, error);
      }
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

const idsOf = (folder: string) => readdir(folder).catch((): string[] => []);

const isSameFile = (one: string, other: string) => inodeOf(one) !== undefined && inodeOf(one) === inodeOf(other);

const inodeOf = (name: string) => lookAt(name)?.ino;

/** What tells two files apart that change places, also where a file's number is one of its name. */
function stampOf(name: string): string {
  const { size, mtimeNs } = lookAt(name) ?? {};
  return `${size}:${mtimeNs}`;
}

const isThere = (name: string) => statOfName(name) !== undefined;

/** Links count, wherever they lead. */
const lookAt = (name: string) => lstatSync(name, { bigint: true, throwIfNoEntry: false });

const now = () => Math.floor(Date.now() / 1000);
