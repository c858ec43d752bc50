import type { HeldFolder } from "./held-folder.ts";
import type { OwnFolder } from "./own-folder.ts";

/** A name in staging, in the very folder in which it was given. */
export class StagedName {
  readonly folder: OwnFolder;
  readonly name: string;
  /** Whether a note says what is there, or is about to be: a user's file. */
  announced = false;
  /** What was there has got its place, and left the name to nobody. */
  isFree = false;
  #holds = true;

  constructor(folder: OwnFolder, name: string) {
    this.folder = folder;
    this.name = name;
    folder.users++;
  }

  /** Lends its folder. @throws InTheWayError; what opening a folder throws */
  within<T>(work: (folder: HeldFolder) => T): T {
    return this.folder.within(work);
  }

  /** The same for work that takes its time. */
  during<T>(work: (folder: HeldFolder) => Promise<T>): Promise<T> {
    return this.folder.during(work);
  }

  /** Calls `body` with a path that leads nowhere else for who does not follow its last part, good for the time of the call. */
  at<T>(body: (path: string) => T): T {
    return this.folder.within((folder) => body(folder.at(this.name)));
  }

  /** Keeps its folder open no longer. @returns how many still do */
  letGo(): number {
    if (this.#holds) this.folder.users--;
    this.#holds = false;
    return this.folder.users;
  }
}
