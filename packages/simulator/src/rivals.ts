import { pathKey } from "@twinfold/dropbox-rules";
import { isWithin, type RelativePath } from "@twinfold/engine";
import type { FileAction } from "./actions.ts";
import { textOf, type VisibleTree } from "./visible-tree.ts";

/** What a user did, with the trees of her side around it. */
export interface RivalDeed {
  readonly action: FileAction;
  readonly before: VisibleTree;
  readonly after: VisibleTree;
}

/** What must be at a path at the next rest: a content, a folder (null), or nothing (undefined). */
interface Outcome {
  readonly path: string;
  readonly content: string | null | undefined;
  readonly rule: string;
}

/**
 * Who wins where both sides did something to one thing while no engine was looking: the table of SPEC section 2, for
 * those pairs of deeds of which it says so. @returns what is otherwise, as sentences
 */
export function wrongWinners(disk: RivalDeed, dropbox: RivalDeed, rest: VisibleTree): string[] {
  const now = new Map([...rest].map(([path, content]) => [pathKey(path), textIn(content)]));
  return outcomesOf(disk, dropbox)
    .filter(({ path, content }) => now.get(path) !== content)
    .map(({ path, content, rule }) => `${path} should be ${inWords(content)}: ${rule}`);
}

function outcomesOf(onDisk: RivalDeed, inDropbox: RivalDeed): Outcome[] {
  const [disk, dropbox] = [byKey(onDisk), byKey(inDropbox)];
  // Two names that are one in Dropbox: that is another story.
  if (disk.after.size < onDisk.after.size) return [];
  // A case-only rename in Dropbox is told with what happens there now, and a move then.
  if ([...inDropbox.before.keys()].some((path) => disk.before.has(pathKey(path)) && !onDisk.before.has(path)))
    return [];
  const [here, there] = [moveOf(disk), moveOf(dropbox)];
  if (here !== null && there !== null) {
    if (here.from !== there.from) return [];
    return arrived(dropbox, there, "moved on both sides, Dropbox's place wins");
  }
  for (const [mover, move, other] of [
    [disk, here, dropbox],
    [dropbox, there, disk],
  ] as const) {
    if (move === null) continue;
    const edited = editedBy(other);
    if (edited !== undefined && edited.path === move.from && isFile(mover.after, move.to))
      return [{ path: move.to, content: edited.content, rule: "the edit follows the file that was moved" }];
    if (deletedBy(other, move.from))
      return arrived(mover, move, "moved on one side and deleted on the other, it lives where it was moved to");
    return [];
  }
  return [...whereBothWrote(disk, dropbox), ...whereOneDeleted(disk, dropbox), ...whereOneDeleted(dropbox, disk)];
}

/** With names as Dropbox compares them: on disk there may still be another spelling than a user of Dropbox sees. */
function byKey({ action, before, after }: RivalDeed): RivalDeed {
  const keyed = (tree: VisibleTree) => new Map([...tree].map(([path, content]) => [pathKey(path), content]));
  const spelled =
    "path" in action
      ? { ...action, path: pathKey(action.path) }
      : "from" in action
        ? { ...action, from: pathKey(action.from), to: pathKey(action.to) }
        : action;
  return { action: spelled, before: keyed(before), after: keyed(after) };
}

function whereBothWrote(disk: RivalDeed, dropbox: RivalDeed): Outcome[] {
  const [here, there] = [editedBy(disk), editedBy(dropbox)];
  if (here !== undefined && there !== undefined && here.path === there.path)
    return [{ ...there, rule: "both sides wrote it, Dropbox's version keeps the name" }];
  for (const [one, edited] of [
    [disk, there],
    [dropbox, here],
  ] as const) {
    if (edited === undefined || !("path" in one.action) || one.action.path !== edited.path) continue;
    const { path } = one.action;
    if (isFile(one.before, path) && one.after.get(path) === null)
      return [{ path, content: null, rule: "what became a folder keeps the name against an edit" }];
  }
  return [];
}

function whereOneDeleted(one: RivalDeed, other: RivalDeed): Outcome[] {
  const edited = editedBy(other);
  if (edited === undefined || !deletedBy(one, edited.path)) return [];
  const kept: Outcome = { ...edited, rule: "deleted on one side and written on the other, it lives" };
  if (one.action.kind !== "remove") return [kept];
  const { path: top } = one.action;
  // What is written through one name of a hard link is in all.
  const isWritten = (path: string) => textIn(other.before.get(path)) !== textIn(other.after.get(path));
  const gone = [...one.before.keys()].filter((path) => lies(path, top) && !lies(edited.path, path) && !isWritten(path));
  return [
    kept,
    ...gone.map(
      (path): Outcome => ({ path, content: undefined, rule: "the deleted folder lives for what was written" }),
    ),
  ];
}

/** A move that took place. */
function moveOf({ action, before, after }: RivalDeed): { readonly from: string; readonly to: string } | null {
  // A change of case only is not announced by Dropbox.
  if (
    action.kind !== "move" ||
    action.from === action.to ||
    !before.has(action.from) ||
    after.has(action.from) ||
    !after.has(action.to)
  )
    return null;
  return action;
}

/** A file that has other content than before, or that was not there. */
function editedBy({
  action,
  before,
  after,
}: RivalDeed): { readonly path: string; readonly content: string } | undefined {
  if (!("path" in action) || !isFile(after, action.path) || before.get(action.path) === null) return undefined;
  // Another file under its name: that is no edit.
  if (action.kind === "become file" && before.has(action.path)) return undefined;
  const content = textIn(after.get(action.path));
  const isNew = content !== textIn(before.get(action.path));
  return isNew && typeof content === "string" ? { path: action.path, content } : undefined;
}

function deletedBy({ action, before, after }: RivalDeed, path: string): boolean {
  // Another took its name.
  if (action.kind === "rename over" && pathKey(action.to) === pathKey(path))
    return isFile(before, path) && before.has(action.from) && !after.has(action.from);
  return action.kind === "remove" && before.has(path) && !after.has(path);
}

/** All that was moved is where it was moved to. */
function arrived({ after }: RivalDeed, { to }: { readonly to: string }, rule: string): Outcome[] {
  return [...after]
    .filter(([path]) => lies(path, to))
    .map(([path, content]) => ({ path, content: textIn(content), rule }));
}

function lies(path: string, folder: string): boolean {
  return isWithin(path as RelativePath, folder as RelativePath);
}

function isFile(tree: VisibleTree, path: string): boolean {
  return tree.get(path) instanceof Uint8Array;
}

function textIn(content: Uint8Array | null | undefined): string | null | undefined {
  return content instanceof Uint8Array ? textOf(content) : content;
}

function inWords(content: string | null | undefined): string {
  return content === undefined ? "gone" : content === null ? "a folder" : `"${content}"`;
}
