import { readdirSync, rmdirSync } from "node:fs";
import { type RelativePath, ROOT_PATH } from "@twinfold/engine";
import { z } from "zod";
import type { HeldFolder } from "./held-folder.ts";
import { OwnFolder } from "./own-folder.ts";
import { RootWalk } from "./root-walk.ts";
import { StagedName } from "./staged-name.ts";
import { isAlive, newOwnerName, ownerOf, type StagingOwner } from "./staging-owner.ts";
import { IGNORE_ALL, StagingPlace } from "./staging-place.ts";
import { contentStamp, lookAt } from "./stat.ts";

/** How long a displaced file is kept, in case a program that has it open still writes to it; milliseconds. */
const GRACE = 2_000;

const note = z.object({ path: z.string(), expected: z.string(), staged: z.string().nullable() });
type Note = z.infer<typeof note>;
const NOTE = ".json";
const noteOf = (name: string) => `${name}${NOTE}`;

/**
 * The staging folder of one engine in one file system, `.twinfold/HOST-PID-START-N`. What lies in it is either being put
 * together (no note beside it) or was a user's file a moment ago (a note says where, and as what it was known). Who may
 * write in the root may do so there too, at any time: no link is followed, and nothing is believed that lies there.
 */
export class Staging {
  readonly #place: StagingPlace;
  readonly #ownName: string;
  readonly #bringBack: (file: string, path: RelativePath) => boolean;
  readonly #lives: (owner: StagingOwner, folder: string) => boolean;
  readonly #displaced = new Map<StagedName, NodeJS.Timeout>();
  readonly #inUse = new Set<StagedName>();
  /** In which names are given. */
  #folder: OwnFolder | null = null;
  #count = 0;

  /**
   * `bringBack` puts a file that may hold a person's work beside the path that it had; @returns whether it could.
   * @param lives whether an engine of another host may still be at work in its folder
   */
  constructor(
    walk: RootWalk,
    top: RelativePath,
    bringBack: (file: string, path: RelativePath) => boolean,
    lives: (owner: StagingOwner, folder: string) => boolean,
  ) {
    this.#place = new StagingPlace(walk, top);
    this.#ownName = newOwnerName();
    this.#bringBack = bringBack;
    this.#lives = lives;
  }

  /** Where its file system begins. */
  get top(): RelativePath {
    return this.#place.top;
  }

  /** A name for a new staged file. @throws InTheWayError; what making a folder throws */
  next(): StagedName {
    if (this.#folder?.isCurrent() !== true) this.#renew();
    const file = new StagedName(this.#folder as OwnFolder, `${++this.#count}`);
    this.#inUse.add(file);
    return file;
  }

  /** Its folder was moved away, or is of a mount that is gone: what is staged anew is staged elsewhere. */
  isLeftBehind(file: StagedName): boolean {
    return !file.folder.isCurrent();
  }

  #renew(): void {
    const folder = new OwnFolder(this.#place, this.#ownName);
    const last = this.#folder;
    this.#folder = folder;
    if (last?.users === 0) last.release();
    // What was in the way of clearing them may be gone.
    this.clearLeftOvers();
  }

  /** The name is of no more use, whether or not there ever was a file. */
  discard(file: StagedName): void {
    // Placed over another, it holds what was displaced: that goes in its own time.
    if (file.announced) return;
    try {
      if (!file.isFree) file.within((folder) => folder.remove(file.name));
    } finally {
      this.#ended(file);
    }
  }

  #ended(file: StagedName): void {
    this.#inUse.delete(file);
    this.#letGo(file);
    // Whose disk it is may take it away at any time: nothing is left there longer than it is needed.
    if (this.top !== ROOT_PATH && this.#inUse.size === 0)
      this.#removeFolders((base) => removeFolder(base.at(this.#ownName)));
  }

  /** Held open, a folder keeps its disk from being unmounted: only the root's is held with nothing in it. */
  #letGo(file: StagedName): void {
    const { folder } = file;
    if (file.letGo() > 0 || (folder === this.#folder && this.top === ROOT_PATH)) return;
    folder.release();
  }

  /** @param clear what does away with its own folder in the one of all */
  #removeFolders(clear: (base: HeldFolder) => void): void {
    try {
      const base = this.#place.open(false);
      try {
        clear(base);
        this.#removeBase(base);
      } finally {
        base.close();
      }
    } catch {
      // Not there, or another thing is; or its disk is gone.
    }
  }

  /** Other engines, and whoever holds the lease of the root, may be in it still. */
  #removeBase(base: HeldFolder): void {
    if (namesIn(base).some((name) => name !== IGNORE_ALL)) return;
    try {
      base.remove(IGNORE_ALL);
    } catch {
      // A disk that takes no changes: at the next start.
    }
    this.#place.at(removeFolder);
  }

  /** Written before a user's file is moved to `file`: where it was, its stamp, and the stamp of what is at `file` before. */
  announce(file: StagedName, path: RelativePath, expected: string, staged: string | null): void {
    const text = JSON.stringify({ path, expected, staged } satisfies Note);
    file.within((folder) => {
      try {
        folder.create(noteOf(file.name), text);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
        folder.remove(noteOf(file.name));
        folder.create(noteOf(file.name), text);
      }
    });
    file.announced = true;
  }

  withdraw(file: StagedName): void {
    file.within((folder) => folder.remove(noteOf(file.name)));
    file.announced = false;
  }

  /** `file` holds what was displaced, as expected. It goes for good when it has held still for a moment. */
  displaced(file: StagedName): void {
    this.#displaced.set(
      file,
      setTimeout(() => this.#settle(file), GRACE),
    );
    if (this.top !== ROOT_PATH) this.#letGo(file);
  }

  #settle(file: StagedName): void {
    clearTimeout(this.#displaced.get(file));
    this.#displaced.delete(file);
    try {
      file.within((folder) => this.#decide(folder, file.name));
    } catch {
      // Its disk is gone or ails: with its note beside it, it is found when left-overs are next cleared.
    }
    this.#ended(file);
  }

  /** Drops a displaced file that is as it was known; one that changed is a person's work. */
  #decide(folder: HeldFolder, name: string): void {
    const stamp = stampOf(folder.at(name));
    const known = readNote(folder, noteOf(name));
    const isAs = (noted: string | null) => stamp !== null && noted !== null && onAnyHost(noted) === onAnyHost(stamp);
    if (stamp !== null && known !== null && !isAs(known.expected) && !isAs(known.staged)) {
      if (!this.#bringBack(folder.at(name), known.path as RelativePath)) return;
    } else folder.remove(name);
    folder.remove(noteOf(name));
  }

  /** Clears what engines that ended, at any point, have left here. Where something else is in the way, there is nothing. */
  clearLeftOvers(): void {
    let base: HeldFolder;
    try {
      base = this.#place.open(false);
    } catch {
      return;
    }
    try {
      for (const name of namesIn(base)) if (this.#isLeftOver(base, name)) this.#clear(base, name);
      attempt(() => this.#removeBase(base));
      attempt(() => {
        if (this.#place.at((name) => base.isAt(name))) this.#place.hide(base);
      });
    } finally {
      base.close();
    }
  }

  #isLeftOver(base: HeldFolder, name: string): boolean {
    const owner = ownerOf(name);
    if (owner === null || name === this.#ownName) return false;
    return !isAlive(owner, () => this.#lives(owner, base.at(name)));
  }

  #clear(base: HeldFolder, owner: string): void {
    try {
      const folder = base.inner(owner, false);
      try {
        for (const name of namesIn(folder)) if (!name.endsWith(NOTE)) attempt(() => this.#decide(folder, name));
        const left = new Set(namesIn(folder));
        for (const name of left) {
          if (name.endsWith(NOTE) && !left.has(name.slice(0, -NOTE.length))) attempt(() => folder.remove(name));
        }
      } finally {
        folder.close();
      }
    } catch {
      // Nothing of ours.
    }
    removeFolder(base.at(owner));
  }

  close(): void {
    for (const file of [...this.#displaced.keys()]) this.#settle(file);
    // What could not be discarded in its time, as its disk was not there, goes with the folder.
    this.#removeFolders((base) => this.#clear(base, this.#ownName));
    this.#folder?.release();
    for (const { folder } of this.#inUse) folder.release();
  }
}

/**
 * Lends a staging folder at a root for one piece of work, beside those of engines; what work that was cut short leaves in it
 * is cleared as theirs is. @throws InTheWayError; what opening the root throws
 */
export async function withStagingFolder<T>(root: string, work: (folder: string) => Promise<T>): Promise<T> {
  const walk = new RootWalk(root);
  const staging = new Staging(
    walk,
    ROOT_PATH,
    () => false,
    () => true,
  );
  try {
    return await work(staging.next().within((folder) => folder.at(".")));
  } finally {
    staging.close();
    walk.close();
  }
}

function namesIn(folder: HeldFolder): string[] {
  try {
    return readdirSync(folder.at("."));
  } catch {
    return [];
  }
}

/** Null for none, and for one that was cut short: then nothing was moved there yet. */
function readNote(folder: HeldFolder, name: string): Note | null {
  try {
    return note.parse(JSON.parse(folder.read(name) ?? ""));
  } catch {
    return null;
  }
}

/** A stamp without its first part: each host has its own number for the device. In staging all is of one. */
const onAnyHost = (stamp: string) => stamp.slice(stamp.indexOf(":") + 1);

function stampOf(file: string): string | null {
  try {
    return contentStamp(lookAt(file));
  } catch {
    return null;
  }
}

/** On a disk that takes no changes, or is gone, what can't be done keeps its note, for the next time. */
function attempt(step: () => void): void {
  try {
    step();
  } catch {
    // The next time.
  }
}

function removeFolder(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Not empty (another engine's), or not there.
  }
}
