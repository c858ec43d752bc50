import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Stage } from "./stage.ts";

/** When (performance.now()) what a row waits for was there. Begun before what brings it about. */
export type Goal = Promise<number>;

/** How long until the disk is looked at again, as a multiple of how long the last look took: so it costs the machine little. */
const LOOK_AGAIN = 20;

/** Resolves at the change in Dropbox that makes something so. */
export function inDropbox(stage: Stage, isSo: () => Promise<boolean>): Goal {
  return new Promise((resolve, reject) => {
    let looking = Promise.resolve();
    const look = () => {
      const at = performance.now();
      looking = looking
        .then(async () => {
          if (await isSo()) done(() => resolve(at));
        })
        .catch((error) => done(() => reject(error)));
    };
    const stop = stage.files.subscribe(look);
    const cut = () => done(() => reject(stage.over.reason));
    const done = (then: () => void) => {
      stop();
      stage.over.removeEventListener("abort", cut);
      then();
    };
    stage.over.addEventListener("abort", cut);
  });
}

/** Resolves once so many bytes more are in the account than at first. */
export function moreInDropbox(stage: Stage, bytes: number): Goal {
  const wanted = stage.files.usage().then(({ used }) => used + bytes);
  return inDropbox(stage, async () => (await stage.files.usage()).used >= (await wanted));
}

/** Resolves when a folder holds so many files; then is when the last one came there, whenever that was looked at. */
export async function filesOnDisk(stage: Stage, folder: string, count: number): Goal {
  for (;;) {
    const began = performance.now();
    const files = filesIn(folder);
    if (files.length > count) throw new Error(`${folder} has ${files.length} files, and not ${count}`);
    if (files.length === count) {
      const last = Math.max(...files.map((file) => lstatSync(file).ctimeMs));
      return last - performance.timeOrigin;
    }
    await sleep(Math.max(20, LOOK_AGAIN * (performance.now() - began)), undefined, { signal: stage.over });
  }
}

/** Those that are there under their names: what is on the way is hidden, or called otherwise. */
function filesIn(folder: string): string[] {
  const files: string[] = [];
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined; next = folders.pop())
    for (const entry of entriesOf(next)) {
      if (entry.isDirectory()) folders.push(join(next, entry.name));
      else if (entry.name.endsWith(".bin")) files.push(join(next, entry.name));
    }
  return files;
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
