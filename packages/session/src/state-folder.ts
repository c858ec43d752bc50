import { constants, copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Store } from "@twinfold/engine";
import { HeldFolder, InTheWayError, inFolder, inFolderIfThere, removeWhole } from "@twinfold/filesystem";
import { makePrivate } from "@twinfold/host";
import { type DurableStore, openStore, StoreError } from "@twinfold/store";
import { moveAside } from "./aside.ts";
import { type Binding, isAbout, writeBinding } from "./binding.ts";
import { SessionError } from "./session-error.ts";
import { hasTrees, logOf, openTrees, type StateFolder, settleTrees, TREE_FILES, TREES, treesOf } from "./trees-file.ts";

/**
 * Opens the trees that are bound to this root, account and folder. What is bound to others, or can't be read, is moved
 * aside, so that nothing old is taken for the state of something new; both sides are then compared by content.
 * @throws SessionError `newer`, `state-folder`; InTheWayError
 */
export function openState(place: StateFolder, wanted: Binding, onWarning: (message: string) => void): DurableStore {
  try {
    return inFolder(place, true, (folder) => openIn(folder, place, wanted, onWarning));
  } catch (error) {
    if ([SessionError, StoreError, InTheWayError].some((known) => error instanceof known)) throw error;
    throw stateFolderError(place, error);
  }
}

/** For what its disk, or what is in there, said. */
export function stateFolderError(place: StateFolder, error: unknown): SessionError {
  const where = join(place.root, ...place.names);
  const message = `the state folder ${where} can't be used: ${(error as Error).message}`;
  return new SessionError("state-folder", message, error);
}

function openIn(
  folder: HeldFolder,
  place: StateFolder,
  wanted: Binding,
  onWarning: (message: string) => void,
): DurableStore {
  // One that was there already may have been open to others.
  makePrivate(folder.at("."));
  const found = settleTrees(folder, place);
  const same = isAbout(folder, wanted);
  if (found === "foreign log") {
    moveAside(folder, place);
    onWarning("another program has written to what was remembered: both sides are compared anew");
  } else if (found === "sound" && !same) {
    moveAside(folder, place);
    onWarning("what was remembered is about another folder or account: both sides are compared anew");
  }
  if (!same) writeBinding(folder, wanted);
  try {
    return openTrees(folder, place);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (error.code === "newer") throw new SessionError("newer", error.message, error);
    // A full disk, or one that ails: what is remembered is as good as before.
    if (error.code !== "corrupt") throw stateFolderError(place, error);
    moveAside(folder, place);
    onWarning(`what was remembered could not be read and was moved aside: both sides are compared anew`);
    return openTrees(folder, place);
  }
}

/**
 * What is remembered about this root, account and folder, to plan with; the state folder stays as it is. What could not
 * be used at a start is as if nothing were known here too.
 * @throws SessionError `newer`, `state-folder`; InTheWayError
 */
export function copyState(place: StateFolder, wanted: Binding): Store {
  const copied = mkdtempSync(join(tmpdir(), "twinfold-plan-"));
  const remove = () => rmSync(copied, { recursive: true, force: true });
  const copy = join(copied, TREES);
  try {
    if (!copyTrees(place, wanted, copy)) {
      remove();
      return openStore(":memory:");
    }
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
    if (error.code === "newer") throw new SessionError("newer", error.message.replace(copy, treesOf(place)), error);
    if (error.code !== "corrupt") throw stateFolderError(place, error);
    return openStore(":memory:");
  }
}

/** @returns whether there are any about this */
function copyTrees(place: StateFolder, wanted: Binding, copy: string): boolean {
  return inFolderIfThere(place, false, (folder) => {
    for (const name of TREE_FILES) folder.look(name);
    if (folder.look(TREES) === undefined || !isAbout(folder, wanted)) return false;
    folder.open(TREES, constants.O_RDONLY, (fd) => copyFileSync(`/proc/self/fd/${fd}`, copy));
    // What an engine that was killed has left in the log counts too.
    const log = logOf(place);
    if (hasTrees(place) && existsSync(log)) copyFileSync(log, `${copy}-wal`);
    return true;
  });
}

/** Removes all that is remembered. What lies behind a link is not ours, and stays. */
export async function removeState(place: StateFolder): Promise<void> {
  if (place.work !== undefined) rmSync(place.work, { recursive: true, force: true });
  const name = place.names.at(-1) ?? ".";
  let above: HeldFolder;
  try {
    above = HeldFolder.hold({ ...place, names: place.names.slice(0, -1) }, false);
  } catch (error) {
    if (error instanceof InTheWayError || (error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  try {
    await removeWhole(above.at(name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  } finally {
    above.close();
  }
}
