import { mkdirSync, readdirSync, readFileSync, rmdirSync, unlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { type RelativePath, ROOT_PATH } from "@twinfold/engine";
import { processStart } from "@twinfold/host";
import { z } from "zod";
import { exists } from "./rename.ts";
import { contentStamp, lookAt } from "./stat.ts";

/** The folder at the root in which the engine works. */
const AT_ROOT = ".twinfold";
/** Its like at the top of a file system that is mounted inside the root: always ignored, by any engine (`.~*`). */
const AT_MOUNT = ".~twinfold";

/** What git looks for in each folder. */
const IGNORE_ALL = ".gitignore";

/** Such a folder is never listed. */
export const isStaging = (folder: RelativePath, name: string): boolean => isStagingName(name, folder === ROOT_PATH);

/** For those who walk a root by names of their own. */
export const isStagingName = (name: string, atRoot: boolean): boolean =>
  name === AT_MOUNT || (atRoot && name === AT_ROOT);

/** How long a displaced file is kept, in case a program that has it open still writes to it; milliseconds. */
const GRACE = 2_000;

const note = z.object({ path: z.string(), expected: z.string(), staged: z.string().nullable() });
type Note = z.infer<typeof note>;

/**
 * The staging folder of one engine in one file system, `.twinfold/HOST-PID-START-N`. What lies in it is either being put
 * together (no note beside it) or was a user's file a moment ago (a note says where, and as what it was known).
 */
export class Staging {
  /** Where its file system begins. */
  readonly top: RelativePath;
  readonly #base: string;
  readonly #own: string;
  readonly #bringBack: (file: string, path: RelativePath) => boolean;
  readonly #displaced = new Map<string, NodeJS.Timeout>();
  readonly #inUse = new Set<string>();
  #count = 0;

  /** `bringBack` puts a file that may hold a person's work beside the path that it had; @returns whether it could. */
  constructor(root: string, top: RelativePath, bringBack: (file: string, path: RelativePath) => boolean) {
    this.top = top;
    this.#base = `${root}/${top === ROOT_PATH ? AT_ROOT : `${top}/${AT_MOUNT}`}`;
    this.#own = `${this.#base}/${ownerName()}-${++instances}`;
    this.#bringBack = bringBack;
  }

  /** A name for a new staged file. */
  next(): string {
    // One by one: asked for both, Node says of a read-only disk that something is not there.
    if (makeFolder(this.#base)) hide(this.#base);
    makeFolder(this.#own);
    const file = `${this.#own}/${++this.#count}`;
    this.#inUse.add(file);
    return file;
  }

  /** The name is of no more use, whether or not there ever was a file. */
  discard(file: string): void {
    // Placed over another, it holds what was displaced: that goes in its own time.
    if (exists(`${file}.json`)) return;
    removeIfThere(file);
    this.#ended(file);
  }

  /** Whose disk it is may take it away at any time: nothing is left there longer than it is needed. */
  #ended(file: string): void {
    this.#inUse.delete(file);
    if (this.top !== ROOT_PATH && this.#inUse.size === 0) this.#removeFolders();
  }

  #removeFolders(): void {
    removeFolder(this.#own);
    this.#removeBase();
  }

  /** Other engines, and whoever holds the lease of the root, may be in it still. */
  #removeBase(): void {
    if (list(this.#base).some((name) => name !== IGNORE_ALL)) return;
    try {
      removeIfThere(`${this.#base}/${IGNORE_ALL}`);
    } catch {
      // A disk that takes no changes: at the next start.
    }
    removeFolder(this.#base);
  }

  /** Written before a user's file is moved to `file`: where it was, its stamp, and the stamp of what is at `file` before. */
  announce(file: string, path: RelativePath, expected: string, staged: string | null): void {
    writeFileSync(`${file}.json`, JSON.stringify({ path, expected, staged } satisfies Note));
  }

  withdraw(file: string): void {
    removeIfThere(`${file}.json`);
  }

  /** `file` holds what was displaced, as expected. It goes for good when it has held still for a moment. */
  displaced(file: string): void {
    this.#displaced.set(
      file,
      setTimeout(() => this.#settle(file), GRACE),
    );
  }

  #settle(file: string): void {
    clearTimeout(this.#displaced.get(file));
    this.#displaced.delete(file);
    try {
      this.#decide(file);
      this.#ended(file);
    } catch {
      // Its disk is gone or ails: with its note beside it, it is found when left-overs are next cleared.
    }
  }

  /** Drops a displaced file that is as it was known; one that changed is a person's work. */
  #decide(file: string): void {
    const stamp = stampOf(file);
    let known: Note | null = null;
    try {
      known = note.parse(JSON.parse(readFileSync(`${file}.json`, "utf8")));
    } catch {
      // No note, or one cut short: then nothing was moved here yet.
    }
    if (stamp !== null && known !== null && stamp !== known.expected && stamp !== known.staged) {
      if (!this.#bringBack(file, known.path as RelativePath)) return;
    } else removeIfThere(file);
    removeIfThere(`${file}.json`);
  }

  /** Clears what engines that ended, at any point, have left here. */
  clearLeftOvers(): void {
    for (const owner of list(this.#base)) {
      const folder = `${this.#base}/${owner}`;
      if (folder === this.#own || isAlive(owner)) continue;
      try {
        for (const name of list(folder)) {
          if (!name.endsWith(".json")) this.#decide(`${folder}/${name}`);
        }
        const left = new Set(list(folder));
        for (const name of left) {
          if (name.endsWith(".json") && !left.has(name.slice(0, -".json".length))) removeIfThere(`${folder}/${name}`);
        }
      } catch {
        // A disk that takes no changes: what could not be put anywhere keeps its note, for the next time.
      }
      removeFolder(folder);
    }
    this.#removeBase();
    if (exists(this.#base)) hide(this.#base);
  }

  close(): void {
    for (const file of [...this.#displaced.keys()]) this.#settle(file);
    this.#removeFolders();
  }
}

/**
 * Lends a staging folder at a root for one piece of work, beside those of engines; what work that was cut short leaves in it
 * is cleared as theirs is.
 */
export async function withStagingFolder<T>(root: string, work: (folder: string) => Promise<T>): Promise<T> {
  const staging = new Staging(root, ROOT_PATH, () => false);
  try {
    return await work(dirname(staging.next()));
  } finally {
    staging.close();
  }
}

let instances = 0;

function ownerName(): string {
  return `${hostname()}-${process.pid}-${processStart(process.pid) ?? 0}`;
}

/** Whether the owner may still be at work. Of another host's nothing is known: it is left alone. */
function isAlive(owner: string): boolean {
  const parts = /^(.*)-(\d+)-(\d+)-\d+$/.exec(owner);
  if (parts === null) return true;
  const [, host, pid, start] = parts;
  if (host !== hostname()) return true;
  return processStart(Number(pid)) === start;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function stampOf(file: string): string | null {
  try {
    return contentStamp(lookAt(file));
  } catch {
    return null;
  }
}

function removeIfThere(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

/** @returns whether it was not there */
function makeFolder(folder: string): boolean {
  try {
    mkdirSync(folder, { mode: 0o700 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  }
}

/** From git, in whose working trees roots may be: `git add --all` is not to commit what is only here for a moment. */
function hide(folder: string): void {
  try {
    writeFileSync(`${folder}/${IGNORE_ALL}`, "*\n", { flag: "wx", mode: 0o600 });
  } catch {
    // There already, or a disk that takes no changes: it is for comfort only.
  }
}

function removeFolder(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Not empty (another engine's), or not there.
  }
}
