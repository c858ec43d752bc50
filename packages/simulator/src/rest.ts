import { pathKey } from "@twinfold/dropbox-rules";
import { isWithin, type NotSynced, type RelativePath } from "@twinfold/engine";
import { isIgnored, rulesOf } from "./ignored-items.ts";
import type { Side } from "./side.ts";
import type { VirtualDropbox } from "./virtual-dropbox.ts";
import { onceATree, textOf } from "./visible-tree.ts";

/**
 * At rest all sides are one tree, but for what is ignored, and what has left for an ignored place. The first side is a
 * disk. @returns sentences; none when it is so
 */
export function differences(sides: readonly Side[], notSynced: readonly NotSynced[]): string[] {
  const [first, ...others] = sides;
  if (first === undefined) return [];
  const found: string[] = [];
  const left = notSynced.filter(hasLeft).map(({ path }) => path);
  const rules = rulesOf(first.tree);
  /** A folder that was deleted elsewhere stays for the ignored things in it (SPEC section 3), and with it on a third side. */
  const isKept = (side: Side, key: string): boolean => {
    const below = [...side.tree].filter(
      ([path]) => pathKey(path) !== key && isWithin(pathKey(path) as RelativePath, key as RelativePath),
    );
    const files = below.filter(([, content]) => content !== null);
    // By the last spelling that was told, too: a case-only rename in Dropbox is not.
    const isIgnoredSo = (path: string, content: Uint8Array | null) =>
      isIgnored(rules, path, content) || spellingsOf(pathKey(path)).some((one) => isIgnored(rules, one, content));
    const ignored = below.filter(([path, content]) => isIgnoredSo(path, content));
    return ignored.length > 0 && files.every((file) => ignored.includes(file));
  };
  /** What is not ignored; a folder that stays for ignored things is not either, beside what has its name now but for case. */
  const synced = (side: Side) => {
    const entries = [...side.tree].filter(([path, content]) => !isIgnored(rules, path, content));
    const hasTwin = (path: string) => entries.some(([other]) => other !== path && pathKey(other) === pathKey(path));
    return entries.filter(([path, content]) => content !== null || !hasTwin(path) || !isKept(side, pathKey(path)));
  };
  const byKey = (entries: ReturnType<typeof synced>) =>
    new Map(entries.map(([path, content]) => [pathKey(path), content === null ? null : textOf(content)]));
  const own = synced(first);
  const reference = byKey(own);
  if (reference.size !== own.length) found.push(`${first.name} has two names that are one in Dropbox`);
  for (const other of others) {
    const seen = byKey(synced(other));
    for (const key of new Set([...reference.keys(), ...seen.keys()])) {
      const [here, there] = [reference.get(key), seen.get(key)];
      if (here === there) continue;
      if (left.some((path) => isWithin(key as RelativePath, pathKey(path) as RelativePath))) continue;
      const isOneSided = here === undefined || there === undefined;
      const kind = here === null || there === null ? "folder" : "file";
      // A folder that Dropbox keeps for what is ignored there, or was left there, may be on one disk, and gone from another.
      const holdsLeft = left.some((path) => isWithin(pathKey(path) as RelativePath, key as RelativePath));
      if (isOneSided && kind === "folder" && (holdsLeft || isKeptSomewhere(key))) continue;
      // Ignored by its spelling on one side: then it is ignored.
      if (sides.some((side) => isIgnoredOn(side, key))) continue;
      // It may be by the last spelling that was told: a case-only rename in Dropbox is not.
      if (isOneSided && spellingsOf(key).some((path) => rules.match(path, kind) !== null)) continue;
      found.push(`${key}: ${inWords(here)} on ${first.name}, ${inWords(there)} on ${other.name}`);
    }
  }
  // The engine may pass through a name of its own where names are swapped, but never rests there.
  for (const { name, tree } of sides)
    for (const path of tree.keys()) if (path.includes(".~twinfold")) found.push(`${path} is left on ${name}`);
  return found;

  function isKeptSomewhere(key: string): boolean {
    return sides.some((side) => isKept(side, key));
  }

  function isIgnoredOn(side: Side, key: string): boolean {
    for (const [path, content] of side.tree)
      if (isWithin(key as RelativePath, pathKey(path) as RelativePath) && isIgnored(rules, path, content)) return true;
    return false;
  }
}

/** A path in lower case, and with each of its names raised: other spellings no user here gives. */
function spellingsOf(key: string): RelativePath[] {
  const names = key.split("/");
  const raised = names.flatMap((name, at) =>
    [name.toUpperCase(), name.slice(0, 1).toUpperCase() + name.slice(1)].map((one) => names.with(at, one)),
  );
  return [names, ...raised].map((one) => one.join("/") as RelativePath);
}

/** Nothing was written in Dropbox where the engine has no business. @returns sentences */
export function trespasses(dropboxes: readonly VirtualDropbox[], folder: string, outside: string): string[] {
  const found: string[] = [];
  for (const dropbox of dropboxes) {
    for (const { key } of dropbox.revisions) {
      if (key.includes("/.twinfold")) found.push(`${key} was uploaded: that is the engine's own`);
      if (!key.startsWith(`${pathKey(folder)}/`) && key !== pathKey(outside))
        found.push(`${key} was written: it is outside the session's folder`);
    }
    if (dropbox.lookup(outside) === undefined) found.push("what lies outside the session's folder is gone");
  }
  return found;
}

/** Whether some name is spelled in one way here and in another there. */
export function hasTwoSpellings(sides: readonly Side[]): boolean {
  const paths = new Set(sides.flatMap(({ tree }) => [...tree.keys()]));
  return new Set([...paths].map(pathKey)).size < paths.size;
}

/** One text for all that the sides hold. */
export function fingerprintOf(sides: readonly Side[]): string {
  return `[${sides.map(({ tree }) => fingerprintOfTree(tree)).join()}]`;
}

const fingerprintOfTree = onceATree((tree) =>
  JSON.stringify([...tree].map(([path, content]) => [pathKey(path), content === null ? null : textOf(content)]).sort()),
);

function inWords(content: string | null | undefined): string {
  return content === undefined ? "nothing" : content === null ? "a folder" : JSON.stringify(content);
}

/** Its name is taken by what is not synced: that stays so until a person changes it. */
export function isTaken({ reason }: NotSynced): boolean {
  return reason.includes("its name is taken") || reason.startsWith("inside ");
}

/** Moved on disk to an ignored place: its copy in Dropbox stays. */
function hasLeft({ reason }: NotSynced): boolean {
  return reason.startsWith("moved on disk to ");
}

/** Where only Dropbox follows: it stays there, or it waits for a person to rename it. */
export function isOneSided({ reason }: NotSynced): boolean {
  return reason.endsWith("what changes there does not come here") || reason.endsWith("rename one of them");
}

export function isForGood(one: NotSynced): boolean {
  return isTaken(one) || hasLeft(one) || isOneSided(one) || one.reason === "symbolic link";
}
