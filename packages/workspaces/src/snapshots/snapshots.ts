import { randomUUID } from "node:crypto";
import { createReadStream, fstatSync, mkdirSync, openSync } from "node:fs";
import type { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { inText, type LeftPath } from "../refusal.ts";
import { isFull, openReserve } from "../reserve.ts";
import { type Bytes, toBytes, toText } from "./bytes.ts";
import { openCatalogue, type SavedSnapshot, type Snapshot } from "./catalogue.ts";
import { type Comparison, comparisonOf } from "./comparison.ts";
import { hashOf, openContents } from "./contents.ts";
import { type Difference, differences } from "./difference.ts";
import { heldBy } from "./held-by.ts";
import { type Mark, marksOf } from "./marks.ts";
import { type BegunRestore, createRestore, isUnfinished } from "./restore.ts";
import { choose, type RestoreChoice } from "./restore-choice.ts";
import { planRestore } from "./restore-plan.ts";
import { SnapshotError, snapshotError } from "./snapshot-error.ts";
import { EMPTY_TREE, isFolder, parseSeen, parseTree, type Tree, type TreeEntry } from "./tree.ts";
import { type SnapshotVersion, versionsOf } from "./versions.ts";
import { type Look, look } from "./walk.ts";

export interface SnapshotEntry {
  readonly name: string;
  readonly kind: "file" | "folder" | "link";
  readonly size: number;
  /** Seconds since 1970. */
  readonly mtime: number;
}

/** Contents taken in between two turns of others. */
const TURN = 100;

/** What a snapshot consists of. */
export interface WholeSnapshot {
  readonly saved: SavedSnapshot;
  /** The texts of its trees, by their hashes. */
  readonly trees: ReadonlyMap<string, Bytes>;
  /** Where its contents lie, by their hashes. */
  readonly contents: ReadonlyMap<string, string>;
}

/** The safety snapshot of a restore. */
export interface RestoredSnapshot extends Snapshot {
  /** What could not be restored; what was there before is there still, or beside it. */
  readonly refused: readonly LeftPath[];
}

/** The snapshots of one instance's files, on the local disk. */
export interface Snapshots {
  /** The newest first. */
  list(): readonly Snapshot[];
  take(note: string, cause?: Snapshot["cause"]): Promise<Snapshot>;
  /** What a folder of a snapshot holds. @throws SnapshotError `not-found` */
  entries(id: string, path: string): readonly SnapshotEntry[];
  /** A file of a snapshot. @throws SnapshotError `not-found` */
  read(id: string, path: string): { readonly size: number; readonly content: Readable };
  /** The contents that a file at this path had, each once, the newest first. */
  versions(path: string): readonly SnapshotVersion[];
  /** What has become of a folder's entries since the last snapshot, by name; null where there is none. */
  marks(path: string, names: readonly string[]): ReadonlyMap<string, Mark> | null;
  /** A snapshot with the files as they are now, or with another snapshot; with `paths` only what their restore would undo. */
  compare(
    id: string,
    options?: Pick<RestoreChoice, "paths"> & { readonly other?: string | undefined },
  ): Promise<Comparison>;
  /**
   * Makes the files what they were: all, or those at and below some paths. A safety snapshot is taken first. Nobody else
   * should write meanwhile; who does, loses nothing. @param meant is told, before anything is touched, what will go, and
   * what is left as it is because `where` says something else; a restore that is cut short then is none. @param word for
   * whoever is told that it has begun
   */
  restore(
    id: string,
    options: RestoreChoice & {
      readonly word?: string | undefined;
      readonly meant?: (gone: readonly string[], left: readonly string[]) => Promise<void>;
    },
  ): Promise<RestoredSnapshot>;
  /** Whether a restore has stopped half way: the files are neither the ones nor the others. */
  isUnfinished(): boolean;
  /** Goes on with that. @throws what stops it again */
  finish(): Promise<void>;
  /** For the clock: null when nothing has changed since the newest snapshot. */
  takeIfChanged(): Promise<Snapshot | null>;
  /** With what no other snapshot has. @throws SnapshotError `not-found` when one of them is not there; then none goes */
  delete(...ids: readonly string[]): Promise<void>;
  /** All of a snapshot, for another instance's to adopt. @throws SnapshotError `not-found` */
  whole(id: string): WholeSnapshot;
  /**
   * Takes in another instance's snapshot under a note of its own; one that was taken in before is left as it is. What is in
   * it takes no space again. @throws SnapshotError `not-found` when it was deleted there meanwhile
   */
  adopt(snapshot: WholeSnapshot, note: string): Promise<void>;
  /** Each path of a snapshot as an `after`, folders before what is in them. @throws SnapshotError `not-found` */
  items(id: string): Iterable<Difference>;
  /** Where the content of a file lies, to be cloned; for as long as `alone` lasts, or a snapshot has it. */
  content(hash: string): string;
  /** Does what changes or takes the files otherwise; restores wait meanwhile, and none is half done. `save` takes the safety snapshot. */
  alone<T>(body: (save: (note: string) => Promise<Snapshot>) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Whether a restore has stopped half way there. @param folder as `openSnapshots` has it */
export const isRestoreUnfinished = (folder: string): boolean => isUnfinished(`${folder}/restore`);

/**
 * @param root the files @param folder where snapshots lie, on the root's file system, and for one process alone
 * @param begun is told of each restore that will be done, whatever ends the process, and of no other: before anything is
 * touched, and once more at the start that goes on with it. What it throws keeps the restore from being done.
 * @param refused is told what could not be restored, where whoever wanted that restore has no answer any more
 * @throws what the disk says. A restore that was cut short is finished or undone by then, unless `isUnfinished` says otherwise.
 */
export async function openSnapshots(
  root: string,
  folder: string,
  begun: (restore: BegunRestore) => Promise<void> = async () => undefined,
  refused: (paths: readonly LeftPath[]) => void = () => undefined,
): Promise<Snapshots> {
  mkdirSync(root, { recursive: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const contents = openContents(`${folder}/contents`);
  const restore = createRestore(root, `${folder}/restore`, { contents, begun });
  async function finish(): Promise<void> {
    const left = await restore.recover();
    if (left.length > 0) refused(left.map(inText));
  }
  // What stops it again is said by `finish`, and keeps nobody from what was saved.
  await finish().catch(() => undefined);
  const reserve = openReserve(root);
  const catalogue = openCatalogue(`${folder}/snapshots.db`);
  let tail: Promise<unknown> = Promise.resolve();

  /** One at a time. */
  function alone<T>(body: () => Promise<T>): Promise<T> {
    const result = tail.then(body);
    tail = result.catch(() => undefined);
    return result;
  }

  function find(id: string): SavedSnapshot {
    const found = catalogue.list().find((one) => one.id === id);
    if (found === undefined) throw notFound();
    return found;
  }

  const lookNow = (content: (fd: number, size: number) => Promise<string>) =>
    look({ root, before: catalogue.list()[0]?.tree ?? null, readTree: catalogue.tree, content });

  async function take(note: string, cause: Snapshot["cause"]): Promise<SavedSnapshot> {
    // One that was stopped half way, by a full disk perhaps: its files are neither the ones nor the others.
    await finish();
    return save(note, cause, await lookNow(contents.keep));
  }

  async function save(note: string, cause: Snapshot["cause"], found: Look): Promise<SavedSnapshot> {
    const { tree, trees, files, bytes } = found;
    await contents.flush();
    const snapshot = { id: randomUUID(), takenAt: new Date().toISOString(), note, cause, files, bytes, tree };
    catalogue.add(snapshot, trees);
    return snapshot;
  }

  /** The tree of a folder, or null where there was none. */
  function treeAt(top: string, path: string): Tree | null {
    let tree = catalogue.tree(top);
    for (const name of path === "" ? [] : toBytes(path).split("/")) {
      const inner = tree.get(name);
      if (!isFolder(inner)) return null;
      tree = catalogue.tree(inner.hash);
    }
    return tree;
  }

  function entryAt(top: string, path: string): TreeEntry | undefined {
    const slash = path.lastIndexOf("/");
    return treeAt(top, path.slice(0, Math.max(0, slash)))?.get(toBytes(path.slice(slash + 1)));
  }

  return {
    list: () => catalogue.list().map(published),
    take: (note, cause = "person") => alone(async () => published(await take(note, cause))),
    entries(id, path) {
      const tree = treeAt(find(id).tree, path);
      if (tree === null) throw new SnapshotError("not-found", `"${path}" is no folder of this snapshot.`);
      return [...tree.values()].map((entry) => {
        const { kind, size, mtimeMs } = parseSeen(entry);
        return { name: toText(entry.name), kind, size, mtime: Math.floor(mtimeMs / 1000) };
      });
    },
    read(id, path) {
      const entry = entryAt(find(id).tree, path);
      if (entry === undefined || parseSeen(entry).kind !== "file")
        throw new SnapshotError("not-found", `"${path}" is no file of this snapshot.`);
      const fd = openSync(contents.place(entry.hash), "r");
      return { size: fstatSync(fd).size, content: createReadStream("", { fd }) };
    },
    versions: (path) => versionsOf(catalogue.list(), (tree) => entryAt(tree, path)),
    marks(path, names) {
      const last = catalogue.list()[0];
      return last === undefined ? null : marksOf(root, path, names, treeAt(last.tree, path) ?? EMPTY_TREE);
    },
    compare: (id, { other, paths } = {}) =>
      alone(async () => {
        const { tree } = find(id);
        const now =
          other === undefined ? await lookNow(hashOf) : { tree: find(other).tree, trees: new Map<string, string>() };
        // As a restore looks at it, so that it is chosen in the same way.
        const back = differences(now.tree, tree, treesOf(now, catalogue.tree));
        return comparisonOf(choose(back, { paths }).wanted);
      }),
    restore: (id, { paths, where, meant, word = null }) =>
      alone(async () => {
        const target = find(id);
        const safety = await take(target.note, "restore");
        const all = differences(safety.tree, target.tree, catalogue.tree);
        const { wanted, left } = choose(all, { paths, where });
        const plan = planRestore(wanted);
        const gone = wanted.filter(({ after }) => after === undefined);
        const goneAsText = gone.map(({ path }) => toText(path));
        const told = { gone: goneAsText, word };
        const found = await restore.run({ plan, begun: told }, async () => meant?.(goneAsText, left.map(toText)));
        return { ...published(safety), refused: found.map(inText) };
      }),
    isUnfinished: () => isRestoreUnfinished(folder),
    finish: () => alone(finish),
    items: (id) => differences(null, find(id).tree, catalogue.tree),
    content: contents.place,
    alone: (body) =>
      alone(async () => {
        await finish();
        return body(async (note) => published(await take(note, "distribution")));
      }),
    takeIfChanged: () =>
      alone(async () => {
        await finish();
        const found = await lookNow(contents.keep);
        const newest = catalogue.list()[0];
        const changes = differences(newest?.tree ?? null, found.tree, treesOf(found, catalogue.tree));
        if (newest !== undefined && changes.next().done === true) return null;
        return published(await save("", "schedule", found));
      }),
    delete: (...ids) =>
      alone(async () => {
        for (const id of ids) find(id);
        const held = heldBy(
          catalogue.list().filter((one) => !ids.includes(one.id)),
          catalogue.tree,
        );
        // First what tells of them: what nobody tells of any more is swept at the next time too.
        await reserve.within(() => catalogue.remove(ids));
        contents.sweep(held.files);
        try {
          catalogue.sweep(held.trees);
        } catch (error) {
          if (!isFull(error)) throw error;
        }
        reserve.refill();
      }),
    whole(id) {
      const saved = find(id);
      // At one go: a deletion in between would make a tree that is gone an empty one.
      const held = heldBy([saved], catalogue.tree);
      return {
        saved,
        trees: new Map([...held.trees].map((hash) => [hash, catalogue.treeTextOf(hash) ?? ""])),
        contents: new Map([...held.files].map((hash) => [hash, contents.place(hash)])),
      };
    },
    adopt: ({ saved, trees, contents: kept }, note) =>
      alone(async () => {
        if (catalogue.list().some(({ id }) => id === saved.id)) return;
        let count = 0;
        for (const [hash, file] of kept) {
          try {
            contents.share(hash, file);
          } catch (error) {
            if ((error as NodeJS.ErrnoException).code === "ENOENT") throw notFound();
            throw snapshotError(note, error);
          }
          if (++count % TURN === 0) await setImmediate();
        }
        await contents.flush();
        catalogue.add({ ...saved, note, cause: "person" }, trees);
      }),
    close: () => alone(async () => catalogue.close()),
  };
}

const notFound = () => new SnapshotError("not-found", "There is no such snapshot: it may have been deleted.");

const published = ({ id, takenAt, note, cause, files, bytes }: SavedSnapshot): Snapshot => ({
  id,
  takenAt,
  note,
  cause,
  files,
  bytes,
});

function treesOf(now: Pick<Look, "trees">, saved: (hash: string) => Tree): (hash: string) => Tree {
  return (hash) => {
    const text = now.trees.get(hash);
    return text === undefined ? saved(hash) : parseTree(text);
  };
}
