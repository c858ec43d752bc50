import { joinPath, type RelativePath, ROOT_PATH } from "@twinfold/engine";
import { HeldFolder } from "./held-folder.ts";
import type { RootWalk } from "./root-walk.ts";

/** The folder at the root in which the engine works. */
const AT_ROOT = ".twinfold";
/** Its like at the top of a file system that is mounted inside the root: always ignored, by any engine (`.~*`). */
const AT_MOUNT = ".~twinfold";

/** What git looks for in each folder. */
export const IGNORE_ALL = ".gitignore";

/** Such a folder is never listed. */
export const isStaging = (folder: RelativePath, name: string): boolean => isStagingName(name, folder === ROOT_PATH);

/** For those who walk a root by names of their own. */
export const isStagingName = (name: string, atRoot: boolean): boolean =>
  name === AT_MOUNT || (atRoot && name === AT_ROOT);

/** The folder that all engines share in one file system, and whatever may have come in its place. */
export class StagingPlace {
  /** Where its file system begins. */
  readonly top: RelativePath;
  readonly #walk: RootWalk;
  readonly #name: string;

  constructor(walk: RootWalk, top: RelativePath) {
    this.top = top;
    this.#walk = walk;
    this.#name = top === ROOT_PATH ? AT_ROOT : AT_MOUNT;
  }

  /** Opens it; to be closed by the caller. @throws InTheWayError; what opening a folder throws */
  open(make: boolean): HeldFolder {
    const above = new HeldFolder(this.#walk.openFolder(this.top), this.top, "the folder that is synced");
    try {
      return above.inner(this.#name, make);
    } finally {
      above.close();
    }
  }

  /** Calls `body` with its name. */
  at<T>(body: (name: string) => T): T {
    return this.#walk.at(joinPath(this.top, this.#name as RelativePath), body);
  }

  /** From git, in whose working trees roots may be: `git add --all` is not to commit what is only here for a moment. */
  hide(base: HeldFolder): void {
    try {
      base.create(IGNORE_ALL, "*\n");
    } catch {
      // There already, or a disk that takes no changes: it is for comfort only.
    }
  }

  /** Changes when what was held open until then is of another mount. */
  get renewals(): number {
    return this.#walk.renewals;
  }
}
