import {
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { setImmediate } from "node:timers/promises";
import { setModeOf } from "@twinfold/filesystem";
import type { Bytes } from "./bytes.ts";
import type { Contents } from "./contents.ts";
import { flush } from "./flush.ts";
import { keepBeside } from "./keep-beside.ts";
import { atPlace } from "./place-walk.ts";
import type { Put, RestorePlan, Take } from "./restore-plan.ts";

const JOURNAL = "journal.json";
const MAKING = "making";

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

/** What a file is called that was written to while a restore took it away: nobody's work goes. */
const KEPT = "changed during a restore";
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
  /** Whether this process has told of the restore whose journal is there: sessions may have run since. */
  let isTold = false;

  async function tell(restore: BegunRestore): Promise<void> {
    if (!isTold) await begun(restore);
    isTold = true;
  }

  /** Puts a file or link together under a name that is free. */
  function make(put: Put, name: string | Buffer): void {
    if (put.kind === "link") symlinkSync(Buffer.from(put.hash, "hex"), name);
    else {
      copyFileSync(contents.place(put.hash), name, constants.COPYFILE_FICLONE);
      dress(put, name);
    }
  }

  function take({ path, staged: name, inode }: Take): void {
    if (stat(staged(name)) !== undefined) return;
    atPlace(root, path, (there) => {
      // Another has the name if this was taken and is in its new place already.
      if (stat(there)?.ino === inode) renameSync(there, staged(name));
    });
  }

  function put(one: Put): void {
    atPlace(root, one.path, (there) => {
      const inTheWay = stat(there);
      let ready = stat(staged(one.staged));
      if (ready === undefined) {
        if (inTheWay !== undefined) return;
        // What was to be moved here is gone: its content was saved.
        make(one, staged(MAKING));
        renameSync(staged(MAKING), staged(one.staged));
        ready = lstatSync(staged(one.staged));
      }
      if (inTheWay !== undefined && inTheWay.ino !== ready.ino) setAside(one.path, there);
      if (one.moved) dress(one, staged(one.staged));
      if (inTheWay?.ino !== ready.ino) linkSync(staged(one.staged), there);
      unlinkSync(staged(one.staged));
    });
  }

  /** What is there by nobody's plan. */
  const setAside = (path: Bytes, there: string | Buffer) => keepBeside(root, path, there, KEPT);

  async function carryOut(plan: RestorePlan): Promise<void> {
    let steps = 0;
    const each = async <T>(items: readonly T[], step: (item: T) => void) => {
      for (const item of items) {
        step(item);
        if (++steps % TURN === 0) await setImmediate();
      }
    };
    await each(plan.takes, take);
    await each(plan.removedFolders, (path) => atPlace(root, path, removeIfEmpty));
    await each(plan.newFolders, (path) => atPlace(root, path, (there) => makeFolder(path, there)));
    await each(plan.puts, put);
    await each(plan.modes, ({ path, mode }) => atPlace(root, path, (there) => setModeOf(there, mode)));
    // What was written to between the safety snapshot and now is in no snapshot.
    await each(plan.takes, (one) => {
      const old = stat(staged(one.staged));
      if (old !== undefined && (old.size !== one.size || old.mtimeMs !== one.mtimeMs))
        setAside(one.path, staged(one.staged));
    });
    forget();
  }

  function forget(): void {
    // File systems that keep a journal of their own have the steps before this one, after a power cut too.
    rmSync(staged(JOURNAL), { force: true });
    isTold = false;
    rmSync(folder, { recursive: true, force: true });
  }

  function makeFolder(path: Bytes, there: string | Buffer): void {
    const stats = stat(there);
    if (stats?.isDirectory()) return;
    if (stats !== undefined) setAside(path, there);
    mkdirSync(there, 0o700);
  }

  return {
    /** @param meant is told once nothing but the journal is missing */
    async run({ plan, begun: told }: Journal, meant: () => Promise<void>): Promise<void> {
      forget();
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      let steps = 0;
      for (const one of plan.puts) {
        if (!one.moved) make(one, staged(one.staged));
        if (++steps % TURN === 0) await setImmediate();
      }
      writeFileSync(staged("plan"), JSON.stringify({ plan, begun: told } satisfies Journal), { mode: 0o600 });
      const made = plan.puts.filter(({ moved, kind }) => !moved && kind === "file");
      await flush([...made.map((one) => staged(one.staged)), staged("plan")], folder);
      await meant().catch((error: unknown) => {
        forget();
        throw error;
      });
      renameSync(staged("plan"), staged(JOURNAL));
      await flush([], folder);
      try {
        await tell(told);
      } catch (error) {
        // Nothing was touched yet, and nobody is to be surprised by it at the next start.
        forget();
        throw error;
      }
      await carryOut(plan);
    },
    /** After a start: a restore that was cut short is finished or, where nothing was touched yet, forgotten. */
    async recover(): Promise<void> {
      if (!existsSync(staged(JOURNAL))) return rmSync(folder, { recursive: true, force: true });
      const journal = JSON.parse(readFileSync(staged(JOURNAL), "utf8")) as Journal | RestorePlan;
      // Earlier versions told before they wrote their journal, which was the plan alone.
      if ("puts" in journal) return carryOut(journal);
      await tell(journal.begun);
      await carryOut(journal.plan);
    },
  };
}

function dress({ mode, mtimeMs }: Put, name: string | Buffer): void {
  setModeOf(name, mode);
  lutimesSync(name, Date.now() / 1000, mtimeMs / 1000);
}

/** Of the name itself; undefined when nothing has it. */
function stat(name: string | Buffer): Stats | undefined {
  return lstatSync(name, { throwIfNoEntry: false });
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
