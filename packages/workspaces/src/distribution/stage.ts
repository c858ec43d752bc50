import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { FilesError } from "@twinfold/filesystem";
import { type Bytes, pathsTo, toBytes, toText } from "../snapshots/bytes.ts";
import { openContents } from "../snapshots/contents.ts";
import { type Difference, differences } from "../snapshots/difference.ts";
import { flush } from "../snapshots/flush.ts";
import { SnapshotError } from "../snapshots/snapshot-error.ts";
import type { Snapshots } from "../snapshots/snapshots.ts";
import { EMPTY_TREE, isFolder, parseSeen, parseTree } from "../snapshots/tree.ts";
import { look } from "../snapshots/walk.ts";

/** A file or folder that is to be distributed. */
export interface StagedItem {
  readonly path: Bytes;
  readonly kind: "file" | "folder";
  /** Who may read, write and run it; never as whom it runs. */
  readonly mode: number;
  readonly mtimeMs: number;
  /** Of a file's content. */
  readonly hash: string;
}

/** What is distributed, as it was when the distribution began: whoever writes in the source since changes nothing of it. */
export interface Stage {
  /** What the user chose. */
  readonly chosen: readonly Bytes[];
  /** That, what is below it, and the folders on the way to it; folders before what is in them. */
  readonly items: readonly StagedItem[];
  /** Symbolic links are left out: sync never takes one, and one may lead anywhere. */
  readonly links: readonly Bytes[];
  /** Where the content of a file lies, to be cloned. */
  content(hash: string): string;
}

type Kept = Omit<Stage, "content">;

/**
 * Keeps some paths of an instance's files, or of a snapshot of them, in `folder`, on the same file system.
 * @throws FilesError `bad-path`, SnapshotError `not-found`, `unreadable`, `full`
 */
export async function putOnStage(options: {
  readonly root: string;
  readonly snapshots: Snapshots;
  /** Null for the files as they are now. */
  readonly snapshotId: string | null;
  readonly paths: readonly string[];
  readonly folder: string;
}): Promise<Stage> {
  const { folder, root, snapshots, snapshotId } = options;
  for (const path of options.paths) checkPath(path);
  const chosen = new Set(options.paths.map(toBytes));
  const onTheWay = new Set([...chosen].flatMap(pathsTo));
  const isWanted = (path: Bytes) => onTheWay.has(path) || pathsTo(path).some((one) => chosen.has(one));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    const contents = openContents(`${folder}/contents`);
    // While a restore swaps files, there are neither the ones nor the others; and a snapshot may be deleted before all
    // targets have had their turn.
    const kept = await snapshots.alone(async (): Promise<Kept> => {
      if (snapshotId === null) {
        const now = await look({
          ...{ root, before: null, readTree: () => EMPTY_TREE },
          content: contents.keep,
          wanted: isWanted,
        });
        const found = differences(null, now.tree, (hash) => parseTree(now.trees.get(hash) ?? ""));
        return gather(chosen, found);
      }
      const wanted = [...snapshots.items(snapshotId)].filter(({ path }) => isWanted(path));
      const found = gather(chosen, wanted);
      for (const { kind, hash } of found.items) {
        const own = contents.place(hash);
        if (kind === "folder" || existsSync(own)) continue;
        mkdirSync(`${folder}/contents/${hash.slice(0, 2)}`, { recursive: true, mode: 0o700 });
        linkSync(snapshots.content(hash), own);
      }
      return found;
    });
    await contents.flush();
    writeFileSync(`${folder}/stage`, JSON.stringify(kept), { mode: 0o600 });
    await flush([`${folder}/stage`], folder);
    renameSync(`${folder}/stage`, `${folder}/stage.json`);
    return { ...kept, content: contents.place };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** What was put there, also by a process that has ended. @throws what the disk says */
export function openStage(folder: string): Stage {
  const kept = JSON.parse(readFileSync(`${folder}/stage.json`, "utf8")) as Kept;
  return { ...kept, content: openContents(`${folder}/contents`).place };
}

function gather(chosen: ReadonlySet<Bytes>, found: Iterable<Difference>): Kept {
  const items: StagedItem[] = [];
  const links: Bytes[] = [];
  for (const { path, after } of found) {
    if (after === undefined) continue;
    const { kind, mode, mtimeMs } = parseSeen(after);
    if (kind === "link") links.push(path);
    else items.push({ path, kind, mode: mode & 0o777, mtimeMs, hash: isFolder(after) ? "" : after.hash });
  }
  const staged = new Set(items.map(({ path }) => path));
  for (const one of chosen) {
    if (staged.has(one)) continue;
    if (links.includes(one))
      throw new FilesError(
        "not-a-file",
        `"${toText(one)}" is a symbolic link, which is not distributed: choose what it leads to`,
      );
    throw new SnapshotError("not-found", `"${toText(one)}" is not there: it may have been moved or deleted.`);
  }
  return { chosen: [...chosen], items, links };
}

/** @throws FilesError `bad-path` */
function checkPath(path: string): void {
  if (path.split("/").some((name) => name === "" || name === "." || name === ".." || name.includes("\0")))
    throw new FilesError("bad-path", `"${path}" is not a path in this folder`);
}
