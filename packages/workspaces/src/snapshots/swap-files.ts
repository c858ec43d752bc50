import { linkSync, lutimesSync, mkdirSync, renameSync, rmdirSync, rmSync, unlinkSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { setModeOf } from "@twinfold/filesystem";
import { type Refused, refusal } from "../refusal.ts";
import { statOfName } from "../stat-of-name.ts";
import { type Bytes, pathsTo, toText } from "./bytes.ts";
import { keepBeside } from "./keep-beside.ts";
import type { AtPlace } from "./place-walk.ts";
import type { Put, RestorePlan, Take } from "./restore-plan.ts";

const MAKING = "making";
/** What a file is called that was written to while a restore took it away: nobody's work goes. */
const KEPT = "changed during a restore";
/** And one that was taken away, where what was to come could not, and neither can this go back to its name. */
const TAKEN = "from before a restore";
/** Steps between two turns of others. */
const TURN = 50;
/** What says nothing of one path, but of the disk or the process: the same again goes on with it. */
const NOT_OF_A_PATH = new Set(["ENOENT", "EIO", "EMFILE", "ENFILE", "ENOMEM"]);
const NO_FOLDER = "Its folder was moved or deleted just then.";

/**
 * Carries out a restore whose plan is written down, also what is left of it: each step may be done again until all are. One
 * path that is refused keeps none of the others from it, and what was taken from it goes back, or stays beside it.
 * @param staged names in the restore's own folder @param make puts together what a snapshot has, under a name that is free
 * @returns what could not be restored
 * @throws what is no word on a path, or where what was taken can't be kept in sight; the same again goes on with it
 */
export async function swapFiles(
  plan: RestorePlan,
  {
    at,
    staged,
    make,
  }: {
    readonly at: AtPlace;
    readonly staged: (name: string) => string;
    readonly make: (put: Put, name: string) => void;
  },
): Promise<readonly Refused[]> {
  const refused = new Map<Bytes, string>();
  /** Paths that have not got what they were to have. */
  const lacking = new Set<Bytes>();
  const takenAs = new Map(plan.takes.map((one) => [one.staged, one]));

  let steps = 0;
  async function each<T>(items: readonly T[], step: (item: T) => void): Promise<void> {
    for (const item of items) {
      step(item);
      if (++steps % TURN === 0) await setImmediate();
    }
  }

  function refuse(path: Bytes, why: string): void {
    if (!refused.has(path)) refused.set(path, why);
  }

  /** @returns whether it was not refused */
  function attempt(path: Bytes, step: () => void): boolean {
    try {
      step();
      return true;
    } catch (error) {
      refuse(path, why(error));
      return false;
    }
  }

  /** What comes to a path, unless that, or what it lies in, was refused before. */
  function come(path: Bytes, step: (there: string | Buffer) => void): void {
    const before = refused.size === 0 ? undefined : pathsTo(path).find((one) => refused.has(one));
    if (before !== undefined) refuse(path, `"${toText(before)}" could not be restored.`);
    else
      attempt(path, () => {
        if (at(path, step) === null) refuse(path, NO_FOLDER);
      });
    if (refused.has(path)) lacking.add(path);
  }

  function take({ path, staged: name, inode }: Take): void {
    if (statOfName(staged(name)) !== undefined) return;
    at(path, (there) => {
      // Another has the name if this was taken and is in its new place already.
      if (statOfName(there)?.ino === inode) renameSync(there, staged(name));
    });
  }

  function put(one: Put, there: string | Buffer): void {
    const file = staged(one.staged);
    const inTheWay = statOfName(there);
    const isPlaced = () => inTheWay !== undefined && inTheWay.ino === statOfName(file)?.ino;
    const old = isPlaced() ? undefined : takenAs.get(one.staged);
    if (old !== undefined && isChanged(old)) setAside(old.path, file);
    // An earlier process has put it there.
    else if (statOfName(file) === undefined && inTheWay !== undefined) return;
    if (statOfName(file) === undefined) {
      // What was to be moved here is gone, or is what somebody wrote just then: its content was saved.
      rmSync(staged(MAKING), { force: true });
      make(one, staged(MAKING));
      renameSync(staged(MAKING), file);
    }
    if (!isPlaced()) {
      if (inTheWay !== undefined) setAside(one.path, there);
      linkSync(file, there);
    }
    if (one.moved) dress(one, there);
    unlinkSync(file);
  }

  function makeFolder(path: Bytes, there: string | Buffer): void {
    const stats = statOfName(there);
    if (stats?.isDirectory()) return;
    if (stats !== undefined) setAside(path, there);
    mkdirSync(there, 0o700);
  }

  /** What is there by nobody's plan. */
  const setAside = (path: Bytes, file: string | Buffer) => keepBeside(at, path, file, KEPT);

  /** What was written to between the safety snapshot and now is in no snapshot. */
  function isChanged({ staged: name, size, mtimeMs }: Take): boolean {
    const old = statOfName(staged(name));
    return old !== undefined && (old.size !== size || old.mtimeMs !== mtimeMs);
  }

  function giveBack(path: Bytes, file: string): void {
    const isBack = at(path, (there) => {
      if (statOfName(there) !== undefined) return false;
      renameSync(file, there);
      return true;
    });
    if (isBack !== true) keepBeside(at, path, file, TAKEN);
  }

  /** @throws where there is no place for it at all */
  function keepInSight(path: Bytes, file: string, step: () => void): void {
    if (!attempt(path, step)) keepBeside(at, path.slice(path.lastIndexOf("/") + 1), file, TAKEN);
  }

  await each(plan.takes, (one) => attempt(one.path, () => take(one)));
  await each(plan.removedFolders, (path) => attempt(path, () => at(path, removeIfEmpty)));
  await each(plan.newFolders, (path) => come(path, (there) => makeFolder(path, there)));
  await each(plan.puts, (one) => come(one.path, (there) => put(one, there)));
  await each(plan.modes, ({ path, mode }) => attempt(path, () => at(path, (there) => setModeOf(there, mode))));
  const isLacking = (path: Bytes) => lacking.size > 0 && pathsTo(path).some((one) => lacking.has(one));
  const unmoved = new Set(plan.puts.filter(({ path }) => lacking.has(path)).map((one) => one.staged));
  await each(plan.takes, (one) => {
    const { path } = one;
    const file = staged(one.staged);
    if (statOfName(file) === undefined) return;
    if (isLacking(path) || unmoved.has(one.staged)) keepInSight(path, file, () => giveBack(path, file));
    else if (isChanged(one)) keepInSight(path, file, () => setAside(path, file));
  });
  return [...refused].map(([path, words]) => ({ path, why: words }));
}

export function dress({ mode, mtimeMs }: Put, name: string | Buffer): void {
  setModeOf(name, mode);
  lutimesSync(name, Date.now() / 1000, mtimeMs / 1000);
}

/** @throws what is no word on a path */
function why(error: unknown): string {
  if (NOT_OF_A_PATH.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
  return refusal(error, "restore it again");
}

function removeIfEmpty(there: string | Buffer): void {
  try {
    rmdirSync(there);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Something that no snapshot knows of is in it, or is mounted there: it stays.
    if (code !== "ENOENT" && code !== "ENOTEMPTY" && code !== "ENOTDIR" && code !== "EBUSY") throw error;
  }
}
