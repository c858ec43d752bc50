import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  type Stats,
  unlinkSync,
  writeSync,
} from "node:fs";
import { makeFolder } from "@twinfold/host";
import { InTheWayError } from "./in-the-way.ts";
import { openBelow } from "./open-below.ts";

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/** Bytes of the largest file that is read whole: ours are far smaller, and others may put any there. */
const LARGEST = 64 * 1024;
const PRIVATE_FOLDER = 0o700;

/** A folder in which, and on the way to which, others may do what they like at any time. */
export interface FolderPlace {
  /** Absolute. Nobody is expected to put links on the way to here. */
  readonly root: string;
  /** From there on, one in the other. */
  readonly names: readonly string[];
  /** What the root is to whoever reads a message: "your personal files". */
  readonly rootIs: string;
}

/** What is there at a name that is not followed; undefined where nothing is. */
const statsOf = (path: string): Stats | undefined => lstatSync(path, { throwIfNoEntry: false });

/**
 * A folder held open, so that all that is done in it is done in that very folder, whatever takes its name meanwhile. Of what
 * lies in it no link is followed, and nothing is waited for (a pipe).
 */
export class HeldFolder {
  /** -1 once it is closed: names in it lead nowhere then, and not to what has the number by then. */
  #fd: number;
  #self: BigIntStats | null = null;
  /** Below the root, for messages. */
  readonly #path: string;
  readonly #rootIs: string;

  /** @param fd its own from now on @param path below the root @param rootIs as in `FolderPlace` */
  constructor(fd: number, path: string, rootIs: string) {
    this.#fd = fd;
    this.#path = path;
    this.#rootIs = rootIs;
  }

  /** @param make whether what is missing is made. @throws InTheWayError; what opening a folder throws */
  static hold({ root, names, rootIs }: FolderPlace, make: boolean): HeldFolder {
    if (make) makeFolder(root, PRIVATE_FOLDER);
    let folder = new HeldFolder(openBelow(root, []), "", rootIs);
    for (const name of names) {
      const outer = folder;
      try {
        folder = outer.inner(name, make);
      } finally {
        outer.close();
      }
    }
    return folder;
  }

  /** A name for what is in it, which leads nowhere else for who does not follow its last part. */
  at(name: string): string {
    return `/proc/self/fd/${this.#fd}/${name}`;
  }

  /** A folder in it. @throws InTheWayError; what opening a folder throws */
  inner(name: string, make: boolean): HeldFolder {
    try {
      const fd = openBelow(this.at("."), [name], make ? PRIVATE_FOLDER : undefined);
      return new HeldFolder(fd, this.#pathOf(name), this.#rootIs);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ELOOP" || code === "ENOTDIR") throw this.inTheWay(name, error);
      throw error;
    }
  }

  /** The file of this name; undefined where there is none. @throws InTheWayError for anything but a file */
  look(name: string): Stats | undefined {
    const stats = statsOf(this.at(name));
    if (stats !== undefined && !stats.isFile()) throw this.inTheWay(name, undefined, stats);
    return stats;
  }

  /** Lends a descriptor of a file that is there. @throws InTheWayError; what opening a file throws */
  open<T>(name: string, flags: number, work: (fd: number) => T): T {
    let fd: number;
    try {
      fd = openSync(this.at(name), flags | O_NOFOLLOW | O_NONBLOCK);
    } catch (error) {
      this.look(name);
      throw error;
    }
    try {
      if (!fstatSync(fd).isFile()) throw this.inTheWay(name);
      return work(fd);
    } finally {
      closeSync(fd);
    }
  }

  /** All of a small file; null where there is none, and of one that is too large to be ours. @throws InTheWayError */
  read(name: string): string | null {
    try {
      return this.open(name, O_RDONLY, (fd) => (fstatSync(fd).size > LARGEST ? null : readFileSync(fd, "utf8")));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
  }

  /** A file that is not there yet. @throws `EEXIST`, also for a link */
  create(name: string, text: string): void {
    const fd = openSync(this.at(name), O_WRONLY | O_CREAT | O_EXCL, 0o600);
    try {
      writeSync(fd, text);
    } catch (error) {
      // A full disk: half a file would be in the way of the next try.
      this.remove(name);
      throw error;
    } finally {
      closeSync(fd);
    }
  }

  /** Whole or not at all. @throws InTheWayError */
  replace(name: string, text: string): void {
    this.look(name);
    this.remove(`${name}.new`);
    this.create(`${name}.new`, text);
    renameSync(this.at(`${name}.new`), this.at(name));
  }

  /** Whatever has this name, itself; nothing is fine. @throws InTheWayError for a folder */
  remove(name: string): void {
    try {
      unlinkSync(this.at(name));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") return;
      if (statsOf(this.at(name))?.isDirectory()) throw this.inTheWay(name, error);
      throw error;
    }
  }

  /** What to throw where something of this name can't be ours. */
  inTheWay(name: string, cause?: unknown, found = statsOf(this.at(name))): InTheWayError {
    return new InTheWayError(`${this.#pathOf(name)} in ${this.#rootIs}`, kindOf(found), cause);
  }

  /** Whether this very folder has a name; not through a link. */
  isAt(name: string): boolean {
    const there = lstatSync(name, { bigint: true, throwIfNoEntry: false });
    this.#self ??= fstatSync(this.#fd, { bigint: true });
    return there?.dev === this.#self.dev && there.ino === this.#self.ino;
  }

  close(): void {
    if (this.#fd !== -1) closeSync(this.#fd);
    this.#fd = -1;
  }

  #pathOf(name: string): string {
    return this.#path === "" ? name : `${this.#path}/${name}`;
  }
}

/** Lends a folder for one piece of work. @throws as `HeldFolder.hold` */
export function inFolder<T>(place: FolderPlace, make: boolean, work: (folder: HeldFolder) => T): T {
  const folder = HeldFolder.hold(place, make);
  try {
    return work(folder);
  } finally {
    folder.close();
  }
}

/** The same where there may be none, or none that can be looked into. @throws InTheWayError */
export function inFolderIfThere<T>(place: FolderPlace, without: T, work: (folder: HeldFolder) => T): T {
  let folder: HeldFolder;
  try {
    folder = HeldFolder.hold(place, false);
  } catch (error) {
    if (error instanceof InTheWayError) throw error;
    return without;
  }
  try {
    return work(folder);
  } finally {
    folder.close();
  }
}

function kindOf(stats: Stats | undefined): string {
  if (stats?.isSymbolicLink()) return "a symbolic link";
  if (stats?.isDirectory()) return "a folder";
  if (stats?.isFile()) return "a file";
  return stats?.isFIFO() ? "a pipe" : "something else";
}
