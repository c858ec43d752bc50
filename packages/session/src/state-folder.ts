import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Store } from "@twinfold/engine";
import { makePrivate } from "@twinfold/host";
import { openStore, StoreError } from "@twinfold/store";
import { z } from "zod";
import { SessionError } from "./session-error.ts";

const binding = z.object({ rootIdentity: z.string(), accountId: z.string(), remotePath: z.string() });

/** What the trees in a state folder are about. Trees that are about anything else are as if nothing were known. */
export type Binding = z.infer<typeof binding>;

/** Where in a state folder the trees are. */
export const treesOf = (folder: string) => `${folder}/trees.db`;

/** How many states that were moved aside are kept. */
const KEPT_ASIDE = 3;

/**
 * Opens the trees that are bound to this root, account and folder. What is bound to others, or can't be read, is moved
 * aside, so that nothing old is taken for the state of something new; both sides are then compared by content.
 * @throws SessionError `newer`, `state-folder`
 */
export function openState(folder: string, wanted: Binding, onWarning: (message: string) => void): Store {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // One that was there already may have been open to others.
    makePrivate(folder);
  } catch (error) {
    throw new SessionError(
      "state-folder",
      `the state folder ${folder} can't be used: ${(error as Error).message}`,
      error,
    );
  }
  const bindingFile = `${folder}/binding.json`;
  const trees = treesOf(folder);
  const same = isAbout(bindingFile, wanted);
  if (existsSync(trees) && !same) {
    moveAside(folder, trees);
    onWarning("what was remembered is about another folder or account: both sides are compared anew");
  }
  if (!same) {
    writeBinding(bindingFile, wanted);
  }
  try {
    return openPrivately(trees);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (error.code === "newer") throw new SessionError("newer", error.message, error);
    moveAside(folder, trees);
    onWarning(`what was remembered could not be read and was moved aside: both sides are compared anew`);
    return openPrivately(trees);
  }
}

/** For the user's own eyes, whatever files new ones are made like: SQLite gives its other files the mode of the first. */
function openPrivately(trees: string): Store {
  closeSync(openSync(trees, "a", 0o600));
  for (const suffix of ["", "-wal", "-shm"]) if (existsSync(trees + suffix)) makePrivate(trees + suffix);
  return openStore(trees);
}

/**
 * What is remembered about this root, account and folder, to plan with; the state folder stays as it is. What could not
 * be used at a start is as if nothing were known here too.
 * @throws SessionError `newer`
 */
export function copyState(folder: string, wanted: Binding): Store {
  const trees = treesOf(folder);
  if (!existsSync(trees) || !isAbout(`${folder}/binding.json`, wanted)) return openStore(":memory:");
  const place = mkdtempSync(join(tmpdir(), "twinfold-plan-"));
  const remove = () => rmSync(place, { recursive: true, force: true });
  const copy = `${place}/trees.db`;
  try {
    // What an engine that was killed has left in the log counts too.
    for (const suffix of ["", "-wal"]) if (existsSync(trees + suffix)) copyFileSync(trees + suffix, copy + suffix);
    const store = openStore(copy);
    return {
      ...store,
      close() {
        store.close();
        remove();
      },
    };
  } catch (error) {
    remove();
    if (!(error instanceof StoreError)) throw error;
    if (error.code === "newer") throw new SessionError("newer", error.message.replace(copy, trees), error);
    return openStore(":memory:");
  }
}

function isAbout(bindingFile: string, wanted: Binding): boolean {
  const known = readBinding(bindingFile);
  return (
    known !== null &&
    known.rootIdentity === wanted.rootIdentity &&
    known.accountId === wanted.accountId &&
    known.remotePath === wanted.remotePath
  );
}

/** Whole or not at all: half of it would be about nothing, and all that is remembered with it. */
export function writeBinding(file: string, wanted: Binding): void {
  writeFileSync(`${file}.new`, JSON.stringify(wanted), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

export function readBinding(file: string): Binding | null {
  try {
    return binding.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return null;
  }
}

function moveAside(folder: string, trees: string): void {
  for (let number = KEPT_ASIDE; number > 0; number--) {
    const target = `${folder}/aside-${number}`;
    if (number === KEPT_ASIDE) rmSync(target, { recursive: true, force: true });
    const source = number === 1 ? null : `${folder}/aside-${number - 1}`;
    if (source !== null && existsSync(source)) renameSync(source, target);
  }
  mkdirSync(`${folder}/aside-1`, { mode: 0o700 });
  for (const suffix of ["", "-wal", "-shm"]) {
    if (existsSync(trees + suffix)) renameSync(trees + suffix, `${folder}/aside-1/trees.db${suffix}`);
  }
}
