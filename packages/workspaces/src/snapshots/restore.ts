import {
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { setImmediate } from "node:timers/promises";
import type { Refused } from "../refusal.ts";
import type { Contents } from "./contents.ts";
import { flush } from "./flush.ts";
import type { Put, RestorePlan } from "./restore-plan.ts";
import { snapshotError } from "./snapshot-error.ts";
import { dress, swapFiles } from "./swap-files.ts";
import { writablePlaces } from "./writable-place.ts";

const JOURNAL = "journal.json";

/** Whether one has begun there and is neither done nor undone. @param folder as `createRestore` has it */
export const isUnfinished = (folder: string): boolean => existsSync(`${folder}/${JOURNAL}`);

/** What whoever keeps books on restores is told of one; it lies in the journal, so it holds exactly when the restore does. */
export interface BegunRestore {
  /** What goes, as text. */
  readonly gone: readonly string[];
  /** What whoever wanted the restore had to say of it. */
  readonly word: string | null;
}

interface Journal {
  readonly plan: RestorePlan;
  readonly begun: BegunRestore;
}

/** Steps between two turns of others. */
const TURN = 50;

/**
 * Carries out a plan of restore so that it is done whole or not at all, whatever ends the process: everything that is new
 * is put together beside the files, then a journal is written, and from then on each step may be done again until all are.
 * The first of them is `begun`: sooner, it would tell of a restore that may never be; later, of one that is half done.
 * @param folder the restore's own, on the file system of the root
 */
export function createRestore(
  root: string,
  folder: string,
  { contents, begun }: { readonly contents: Contents; readonly begun: (restore: BegunRestore) => Promise<void> },
) {
  const staged = (name: string) => `${folder}/${name}`;
  const places = writablePlaces(root, folder);
  /** Whether this process has told of the restore whose journal is there: sessions may have run since. */
  let isTold = false;

  async function tell(restore: BegunRestore): Promise<void> {
    if (!isTold) await begun(restore);
    isTold = true;
  }

  /** Puts a file or link together under a name that is free. */
  function make(put: Put, name: string): void {
    if (put.kind === "link") symlinkSync(Buffer.from(put.hash, "hex"), name);
    else {
      copyFileSync(contents.place(put.hash), name, constants.COPYFILE_FICLONE);
      dress(put, name);
    }
  }

  function forget(): void {
    // File systems that keep a journal of their own have the steps before this one, after a power cut too.
    rmSync(staged(JOURNAL), { force: true });
    isTold = false;
    rmSync(folder, { recursive: true, force: true });
  }

  async function carryOut(plan: RestorePlan): Promise<readonly Refused[]> {
    const refused = await swapFiles(plan, { at: places.at, staged, make });
    forget();
    return refused;
  }

  async function prepare(journal: Journal): Promise<void> {
    forget();
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { puts } = journal.plan;
    let steps = 0;
    for (const one of puts) {
      if (!one.moved) make(one, staged(one.staged));
      if (++steps % TURN === 0) await setImmediate();
    }
    writeFileSync(staged("plan"), JSON.stringify(journal), { mode: 0o600 });
    const made = puts.filter(({ moved, kind }) => !moved && kind === "file");
    await flush([...made.map((one) => staged(one.staged)), staged("plan")], folder);
  }

  return {
    /** @param meant is told once nothing but the journal is missing @returns what could not be restored */
    async run(journal: Journal, meant: () => Promise<void>): Promise<readonly Refused[]> {
      try {
        await prepare(journal);
        await meant();
        renameSync(staged("plan"), staged(JOURNAL));
        await flush([], folder);
        await tell(journal.begun);
      } catch (error) {
        // Nothing was touched yet, and nobody is to be surprised by it at the next start.
        forget();
        throw snapshotError("the snapshot", error);
      }
      return carryOut(journal.plan);
    },
    /** One that was cut short is finished or, where nothing was touched yet, forgotten. */
    async recover(): Promise<readonly Refused[]> {
      if (!isUnfinished(folder)) {
        rmSync(folder, { recursive: true, force: true });
        return [];
      }
      places.recover();
      const journal = JSON.parse(readFileSync(staged(JOURNAL), "utf8")) as Journal | RestorePlan;
      // Earlier versions told before they wrote their journal, which was the plan alone.
      if ("puts" in journal) return carryOut(journal);
      await tell(journal.begun);
      return carryOut(journal.plan);
    },
  };
}
