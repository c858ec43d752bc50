import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { setImmediate } from "node:timers/promises";
import { flush } from "../snapshots/flush.ts";
import type { DistributionPlan } from "./plan.ts";
import type { Stage } from "./stage.ts";

/** What is written down before anything is touched: from then on each step may be done again until all are. */
export interface Journal {
  readonly safetyId: string;
  readonly plan: DistributionPlan;
  /** The inodes of the copies that are to be placed: what else has a copy's name has given way to it. */
  readonly made: readonly number[];
}

/** Steps between two turns of others. */
export const TURN = 50;

/** Where the copy for a placing lies until it is placed, and from then on what it took the place of. */
export const copyName = (folder: string, at: number) => `${folder}/new-${at}`;

/** That of an earlier process too; null when nothing was touched yet. */
export function readJournal(folder: string): Journal | null {
  const file = `${folder}/journal.json`;
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Journal) : null;
}

/** Before anything else of its folder: whoever finds a journal takes what is missing beside it for done. */
export function forgetJournal(folder: string): void {
  rmSync(`${folder}/journal.json`, { force: true });
}

/** Puts together all that is new, in a folder of the target's file system. @throws what the disk says; nothing is touched then */
export async function prepare(
  folder: string,
  { plan, stage, safetyId }: { readonly plan: DistributionPlan; readonly stage: Stage; readonly safetyId: string },
  signal: AbortSignal,
): Promise<Journal> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const made: number[] = [];
  for (const { item } of plan.placings) {
    const copy = copyName(folder, made.length);
    copyFileSync(stage.content(item.hash), copy, constants.COPYFILE_FICLONE);
    chmodSync(copy, item.mode);
    utimesSync(copy, Date.now() / 1000, item.mtimeMs / 1000);
    made.push(lstatSync(copy).ino);
    if (made.length % TURN === 0) await setImmediate(undefined, { signal });
  }
  const journal: Journal = { safetyId, plan, made };
  writeFileSync(`${folder}/journal`, JSON.stringify(journal), { mode: 0o600 });
  const copies = made.map((_, at) => copyName(folder, at));
  await flush([...copies, `${folder}/journal`], folder);
  renameSync(`${folder}/journal`, `${folder}/journal.json`);
  await flush([], folder);
  return journal;
}
