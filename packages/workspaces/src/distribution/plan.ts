import { nameKey } from "@twinfold/dropbox-rules";
import { type Bytes, pathsTo, toText } from "../snapshots/bytes.ts";
import type { Difference } from "../snapshots/difference.ts";
import { isFolder, parseSeen } from "../snapshots/tree.ts";
import type { Stage, StagedItem } from "./stage.ts";

/**
 * What becomes of what a target has already. `overwrite`: files on the stage take the place of those there; `extra`: those
 * there stay; `mirror`: the target has what is on the stage, and nothing else; `skip`: a target that has any of the chosen
 * paths is left alone.
 */
export type Strategy = "overwrite" | "extra" | "mirror" | "skip";

/** A file or link of the target's, as the safety snapshot has it. */
export interface Known {
  readonly inode: number;
  readonly size: number;
  readonly mtimeMs: number;
}

export interface Placing {
  readonly item: StagedItem;
  /** What is to give way; null where nothing is. */
  readonly over: Known | null;
}

export interface Removal {
  readonly path: Bytes;
  readonly was: Known;
}

/** A path that stays as it is, and why, in words. */
export interface Left {
  readonly path: Bytes;
  readonly why: string;
}

export interface DistributionPlan {
  readonly placings: readonly Placing[];
  readonly removals: readonly Removal[];
  /** The innermost first. */
  readonly removedFolders: readonly Bytes[];
  /** The outermost first. */
  readonly newFolders: readonly { readonly path: Bytes; readonly mode: number }[];
  /** Files that the target has just so already. */
  readonly same: number;
  readonly left: readonly Left[];
  /** Of `skip`: a chosen path that is there. */
  readonly skippedFor: Bytes | null;
}

interface There {
  readonly kind: "file" | "folder" | "link";
  readonly mode: number;
  readonly hash: string;
  readonly known: Known;
}

const NOTHING = { placings: [], removals: [], removedFolders: [], newFolders: [], same: 0, left: [] };

/**
 * What a distribution does in one target. A folder never gives way to a file, nor a file to a folder, but for `mirror`; and no
 * name comes beside one that Dropbox takes for the same: that is left and told.
 * @param there what the target's safety snapshot holds
 */
export function planDistribution(stage: Stage, there: Iterable<Difference>, strategy: Strategy): DistributionPlan {
  const found = describe(there);
  const names = strategy === "mirror" ? null : namesByKey(found.keys());
  const twinOf = (path: Bytes) => (found.has(path) ? undefined : names?.get(keyOf(path)));
  if (strategy === "skip") {
    const taken = stage.chosen.find((path) => pathsTo(path).some(twinOf) || found.has(path));
    if (taken !== undefined) return { ...NOTHING, skippedFor: taken };
  }
  const plan = {
    placings: [] as Placing[],
    newFolders: [] as { path: Bytes; mode: number }[],
    same: 0,
    left: [] as Left[],
  };
  const blocked = new Map<Bytes, string>();
  const leave = ({ path, kind }: StagedItem, why: string) => {
    if (kind === "folder") blocked.set(path, why);
    plan.left.push({ path, why });
  };
  const kept = new Set<Bytes>();
  for (const item of stage.items) {
    const { path, kind } = item;
    const why = blocked.get(parentOf(path));
    const at = found.get(path);
    const twin = twinOf(path);
    if (why !== undefined) leave(item, why);
    else if (twin !== undefined)
      leave(item, `"${toText(nameOf(twin))}" is there, which Dropbox takes for the same name: rename one of the two.`);
    else if (at === undefined) place(item, null);
    else if (strategy === "mirror" && (kind === "folder") !== (at.kind === "folder")) place(item, null);
    else if (kind === "folder" && at.kind !== "folder")
      leave(item, `A ${at.kind === "link" ? "symbolic link" : "file"} of this name is there, where a folder is to be.`);
    else if (kind === "file" && at.kind === "folder") leave(item, "A folder of this name is there.");
    else {
      kept.add(path);
      if (kind === "folder") continue;
      if (at.kind === "file" && at.hash === item.hash && (at.mode & 0o777) === item.mode) plan.same++;
      else if (strategy === "extra") leave(item, "There already.");
      else place(item, at.known);
    }
  }
  function place(item: StagedItem, over: Known | null): void {
    if (item.kind === "file") plan.placings.push({ item, over });
    else plan.newFolders.push({ path: item.path, mode: item.mode });
  }
  const gone = strategy === "mirror" ? [...found].filter(([path]) => !kept.has(path)) : [];
  return {
    ...plan,
    removals: gone.filter(([, { kind }]) => kind !== "folder").map(([path, { known }]) => ({ path, was: known })),
    removedFolders: gone
      .filter(([, { kind }]) => kind === "folder")
      .map(([path]) => path)
      .reverse(),
    skippedFor: null,
  };
}

function describe(there: Iterable<Difference>): Map<Bytes, There> {
  const found = new Map<Bytes, There>();
  for (const { path, after } of there) {
    if (after === undefined) continue;
    const { kind, mode, inode, size, mtimeMs } = parseSeen(after);
    found.set(path, { kind, mode, hash: isFolder(after) ? "" : after.hash, known: { inode, size, mtimeMs } });
  }
  return found;
}

const parentOf = (path: Bytes): Bytes => path.slice(0, Math.max(0, path.lastIndexOf("/")));
const nameOf = (path: Bytes): Bytes => path.slice(path.lastIndexOf("/") + 1);

/** The same for two names of one folder that Dropbox takes for one. */
const keyOf = (path: Bytes): string => `${parentOf(path)}/${nameKey(toText(nameOf(path)))}`;

const namesByKey = (paths: Iterable<Bytes>): Map<string, Bytes> =>
  new Map([...paths].map((path) => [keyOf(path), path] as const));
