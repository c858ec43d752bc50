import { pathKey } from "@twinfold/dropbox-rules";
import { isWithin, type NotSynced, type RelativePath } from "@twinfold/engine";
import { fingerprintOf } from "./rest.ts";
import type { Side } from "./side.ts";
import { textOf } from "./visible-tree.ts";

/** Watches that an engine whose Dropbox only follows changes nothing on disk. */
export class OnlyRead {
  #before: string | null = null;

  /** From now on only engines act. */
  look(sides: readonly Side[]): void {
    this.#before = fingerprintOf(sides.filter(({ kind }) => kind === "disk"));
  }

  /** Users are about to act. @returns what engines did wrong meanwhile */
  check(sides: readonly Side[]): string[] {
    const after = fingerprintOf(sides.filter(({ kind }) => kind === "disk"));
    if (this.#before === null || this.#before === after) return [];
    return [`the disk was only to be read: ${this.#before} became ${after}`];
  }
}

/** At rest Dropbox has what the disk has, and nothing else, but for what is said. @returns sentences; none when it is so */
export function unsaid([disk, dropbox]: readonly Side[], notSynced: readonly NotSynced[]): string[] {
  const said = notSynced.flatMap(({ path, reason }) => {
    const movedTo = /moved in Dropbox to (.+): /s.exec(reason)?.[1];
    return [path, ...(movedTo === undefined ? [] : [movedTo])].map((one) => pathKey(one) as RelativePath);
  });
  const waitsForName = notSynced.some(({ reason }) => reason.endsWith("rename one of them"));
  const [here, there] = [byKey(disk), byKey(dropbox)];
  return [...new Set([...here.keys(), ...there.keys()])].flatMap((key) => {
    const [onDisk, inDropbox] = [here.get(key), there.get(key)];
    // What lies in a folder of which something is said is where that is; a folder is there for what lies in it.
    const isSaid = said.some((path) => isWithin(key as RelativePath, path) || isWithin(path, key as RelativePath));
    if (onDisk === inDropbox || isSaid) return [];
    // What waits to be renamed on disk is in Dropbox by its former name.
    if (onDisk === undefined && waitsForName) return [];
    return [`${key}: ${JSON.stringify(onDisk)} on disk, ${JSON.stringify(inDropbox)} in Dropbox, and nothing is said`];
  });
}

function byKey(side: Side | undefined): ReadonlyMap<string, string | null> {
  const entries = [...(side?.tree ?? [])].map(([path, bytes]) => [
    pathKey(path),
    bytes === null ? null : textOf(bytes),
  ]);
  return new Map(entries as [string, string | null][]);
}
