import { parentPath, type RelativePath, ROOT_PATH } from "@twinfold/engine";
import { bringBack } from "./recovered.ts";
import type { RootWalk } from "./root-walk.ts";
import { Staging } from "./staging.ts";
import { type StagingOwner, wasUsed } from "./staging-owner.ts";

/** Milliseconds. */
const LOOK_LASTS = 500;

/** One staging folder for each file system that the root holds: nothing can be renamed from one to another. */
export class Stagings {
  readonly #walk: RootWalk;
  readonly #byTop = new Map<RelativePath, Staging>();
  #lastLook: { readonly folder: RelativePath; readonly staging: Staging; readonly at: number } | null = null;

  readonly #lives: (owner: StagingOwner) => boolean;

  /** @param lives whether an engine of another host shows life at the root */
  constructor(walk: RootWalk, lives: (owner: StagingOwner) => boolean) {
    this.#walk = walk;
    this.#lives = lives;
  }

  /** The top of the file system in which a path is, or is to be; the root where its folder can't be looked at. */
  top(path: RelativePath): RelativePath {
    try {
      return this.#walk.beginning(parentPath(path));
    } catch {
      return ROOT_PATH;
    }
  }

  /** Where that is staged which is to come to a path, or to go from there. */
  of(path: RelativePath): Staging {
    const staging = this.#at(this.top(path));
    this.#lastLook = { folder: parentPath(path), staging, at: performance.now() };
    return staging;
  }

  /** The same by a look of a moment ago at that folder, for the many files that come to one at once. */
  near(path: RelativePath): Staging {
    const last = this.#lastLook;
    const isGood = last?.folder === parentPath(path) && performance.now() - last.at < LOOK_LASTS;
    return isGood ? last.staging : this.of(path);
  }

  /** Clears what engines that ended, at any point, have left at the root and in what is mounted inside it. */
  clearLeftOvers(mounts: readonly RelativePath[]): void {
    for (const top of [ROOT_PATH, ...mounts]) this.#at(top).clearLeftOvers();
  }

  close(): void {
    for (const staging of this.#byTop.values()) staging.close();
  }

  #at(top: RelativePath): Staging {
    const known = this.#byTop.get(top);
    if (known !== undefined) return known;
    const made = new Staging(
      this.#walk,
      top,
      (file, path) => bringBack(this.#walk, file, path, top),
      // What is mounted inside may be so in another root too, whose engines show life there.
      (owner, folder) => this.#lives(owner) || (top !== ROOT_PATH && wasUsed(folder)),
    );
    this.#byTop.set(top, made);
    // It may have been away when left-overs were cleared.
    made.clearLeftOvers();
    return made;
  }
}
