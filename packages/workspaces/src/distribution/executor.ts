import { linkSync, mkdirSync, renameSync, rmdirSync, type Stats, unlinkSync } from "node:fs";
import { setImmediate, setTimeout } from "node:timers/promises";
import { exchangeNames, setModeOf } from "@twinfold/filesystem";
import { refusal } from "../refusal.ts";
import type { Bytes } from "../snapshots/bytes.ts";
import { keepBeside } from "../snapshots/keep-beside.ts";
import { atPlace } from "../snapshots/place-walk.ts";
import { FOLDER, type Found } from "../snapshots/restore-choice.ts";
import { statOfName } from "../stat-of-name.ts";
import { copyName, type Journal, TURN } from "./journal.ts";
import type { Known, Left, Placing, Removal } from "./plan.ts";

/** What a file is called that was written to while another took its place: nobody's work goes. */
const KEPT = "changed during a distribution";

const KEPT_BESIDE = `What was written to it just then is kept beside it: "(${KEPT})".`;

const EDITED = "It was edited just then: distribute it again to replace it.";
const MADE = "Something was made there just then.";
const NO_FOLDER = "Its folder was moved or deleted just then.";
const NOT_EMPTY = "Something in it stays.";
/** Nothing is to be said. */
const DONE = "";

export interface Done {
  readonly copied: readonly Bytes[];
  readonly replaced: readonly Bytes[];
  readonly removed: readonly Bytes[];
  readonly left: readonly Left[];
  /** What the disk refused. */
  readonly failed: readonly Left[];
  /** What was done, path by path, as it was left: so it is known what to undo, and what somebody has changed since. */
  readonly touched: ReadonlyMap<Bytes, Found>;
}

/**
 * Carries out what a journal says, also what is left of it. Applications and sessions may run: each file is in its place
 * whole or not at all, at no time is there none, and each is looked at once more before and after it gives way. No link is
 * followed.
 * @param folder the journal's @param grace milliseconds in which a program that has a file open may still write to it
 * @throws when `signal` is aborted; the same again goes on with it
 */
export async function carryOut(
  root: string,
  folder: string,
  { plan, made }: Journal,
  { grace, signal }: { readonly grace: number; readonly signal: AbortSignal },
): Promise<Done> {
  const copied: Bytes[] = [];
  const replaced: Bytes[] = [];
  const removed: Bytes[] = [];
  const left: Left[] = [...plan.left];
  const failed: Left[] = [];
  const touched = new Map<Bytes, Found>();
  const aside = (kind: "old" | "over", at: number) => `${folder}/${kind}-${at}`;

  /** @returns why not, in words; "" when it is done, also by an earlier process */
  function remove({ path, was }: Removal, at: number): string {
    if (statOfName(aside("old", at)) !== undefined) return DONE;
    const why = atPlace(root, path, (there) => {
      const stats = statOfName(there);
      if (stats === undefined) return DONE;
      if (!isKnown(stats, was)) return EDITED;
      renameSync(there, aside("old", at));
      return DONE;
    });
    return why ?? DONE;
  }

  /** As `remove`. */
  function place({ item, over }: Placing, at: number): string {
    const copy = copyName(folder, at);
    const own = made[at];
    if (statOfName(copy)?.ino !== own) return DONE;
    const why = atPlace(root, item.path, (there) => {
      const stats = statOfName(there);
      if (stats !== undefined && stats.ino !== own) {
        if (over === null) return MADE;
        if (!isKnown(stats, over)) return EDITED;
        if (exchangeNames(copy, there)) return DONE;
        // A file system that can't: for a moment the name is free.
        renameSync(there, aside("over", at));
      }
      try {
        // Not a rename, which would take away what was made there just now.
        if (stats?.ino !== own) linkSync(copy, there);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "EEXIST") return MADE;
        throw error;
      }
      unlinkSync(copy);
      return DONE;
    });
    return why ?? NO_FOLDER;
  }

  /** What gave way goes for good, if it is as it was saved. */
  function settle(path: Bytes, file: string, known: Known): void {
    const stats = statOfName(file);
    if (stats === undefined) return;
    if (isKnown(stats, known)) unlinkSync(file);
    else {
      keepBeside((...asked) => atPlace(root, ...asked), path, file, KEPT);
      left.push({ path, why: KEPT_BESIDE });
    }
  }

  let steps = 0;
  async function each<T>(items: readonly T[], step: (item: T, at: number) => void): Promise<void> {
    for (const [at, item] of items.entries()) {
      step(item, at);
      if (++steps % TURN === 0) await setImmediate(undefined, { signal });
    }
  }
  /** One path that can't be done keeps none of the others from it. */
  function attempt(path: Bytes, step: () => string, done: () => void): void {
    try {
      const why = step();
      if (why === DONE) done();
      else left.push({ path, why });
    } catch (error) {
      failed.push({ path, why: refusal(error, "distribute again") });
    }
  }

  await each(plan.removals, (one, at) => {
    const done = () => {
      removed.push(one.path);
      touched.set(one.path, null);
    };
    attempt(one.path, () => remove(one, at), done);
  });
  await each(plan.removedFolders, (path) => {
    const step = () => atPlace(root, path, removeFolder) ?? DONE;
    attempt(path, step, () => touched.set(path, null));
  });
  await each(plan.newFolders, ({ path }) => {
    const step = () => atPlace(root, path, makeFolder) ?? NO_FOLDER;
    attempt(path, step, () => touched.set(path, FOLDER));
  });
  await each(plan.placings, (one, at) => {
    const done = () => {
      (one.over === null ? copied : replaced).push(one.item.path);
      touched.set(one.item.path, one.item.hash);
    };
    attempt(one.item.path, () => place(one, at), done);
  });
  // At the end, the innermost first: a folder may be one that nobody may write into.
  const own = plan.newFolders.filter(({ path }) => touched.get(path) === FOLDER).reverse();
  await each(own, ({ path, mode }) => {
    const step = () => atPlace(root, path, (there) => setMode(there, mode)) ?? DONE;
    attempt(path, step, () => undefined);
  });
  if (replaced.length + removed.length > 0 && grace > 0) await setTimeout(grace, undefined, { signal });
  await each(plan.removals, ({ path, was }, at) => settle(path, aside("old", at), was));
  await each(plan.placings, ({ item, over }, at) => {
    if (over === null) return;
    settle(item.path, aside("over", at), over);
    if (statOfName(copyName(folder, at))?.ino !== made[at]) settle(item.path, copyName(folder, at), over);
  });
  return { copied, replaced, removed, left, failed, touched };
}

function isKnown(stats: Stats, { inode, size, mtimeMs }: Known): boolean {
  return stats.ino === inode && stats.size === size && stats.mtimeMs === mtimeMs;
}

function makeFolder(there: string | Buffer): string {
  try {
    mkdirSync(there, 0o700);
    return DONE;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return statOfName(there)?.isDirectory() ? DONE : MADE;
  }
}

function removeFolder(there: string | Buffer): string {
  try {
    rmdirSync(there);
    return DONE;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return DONE;
    if (code === "ENOTEMPTY" || code === "EBUSY") return NOT_EMPTY;
    throw error;
  }
}

function setMode(there: string | Buffer, mode: number): string {
  setModeOf(there, mode, (stats) => stats.isDirectory());
  return DONE;
}
