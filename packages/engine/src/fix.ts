import type { Control } from "./control/control.ts";
import type { Parked } from "./plan/operation.ts";
import type { LocalNode, RemoteNode, Store } from "./ports/store.ts";
import { joinPath, type NodeId, ROOT_PATH } from "./ports/values.ts";
import { readableName } from "./readable-name.ts";
import type { Fix } from "./status.ts";

/** What each cause asks of a person, where that takes no more than the cause to say. */
const SENTENCES = {
  "symbolic link": "Links are never followed: put a copy of what it leads to in its place, and that is synced.",
  "special file": "It means something to programs on this machine only: leave it so, or put a file in its place.",
  unreadable: "Set its permissions so that it can be read, and those of its folder: it is tried again by itself.",
  "too large": "Split it into smaller files, or leave it out by a line of the ignore file.",
  "cloud document": "It has no content outside Dropbox: open it there, or save it there as a file.",
  "kept folder": "Delete what is left in it, and the folder goes too; or leave it so.",
  "name taken": "Rename or move what has its name on disk, and it comes.",
  "names alike": "Give one of the two another name.",
  "looked at only": "It stays in your Dropbox only: with the editor role it would come here too.",
  "disk gone":
    "Mount the disk again, and all goes on. If it is gone for good, delete the folder here: that deletes it in Dropbox too.",
  "disk full": "Make room on the disk that it is to be on: it comes by itself then.",
  "refused by disk":
    "Let its folder on disk be changed: see its permissions, and what is mounted or has the name there. It is tried again by itself.",
  "refused by Dropbox": "Put right what Dropbox names, or leave it out by a line of the ignore file.",
} as const;

/**
 * What can be done about what is not synced. The cause is found in the trees, in the order in which the planner looks at
 * them (`parkingReason`), not in the words of the reason.
 */
export function createFixes(store: Store, control: Control, oneWay: boolean) {
  const { names } = control;
  const by = (cause: keyof typeof SENTENCES): Fix => ({ cause, sentence: SENTENCES[cause] });

  /** For what the planner has parked; null where the reason itself says all. */
  function ofParked({ why }: Parked, local: LocalNode | undefined, remote: RemoteNode | undefined): Fix | null {
    if (why.kind === "kept folder") return by("kept folder");
    if (local?.kind === "special") return ofSpecial(local);
    if (remote?.kind === "file" && !remote.downloadable) return by("cloud document");
    if (local !== undefined && names.refusal(local.name) !== null) return toRename(local.name);
    if (local?.kind === "file" && local.size > names.maximumFileSize) return by("too large");
    const above = stuckAbove(local ?? remote);
    if (above !== null) {
      return { cause: "inside", sentence: `It waits for the folder “${above}”: put that right, and it comes along.` };
    }
    if (hasNamesake(local, remote)) return by(local === undefined ? "name taken" : "names alike");
    return oneWay ? by("looked at only") : null;
  }

  /** For what was tried, and did not work. */
  function ofProblem(id: NodeId, local: LocalNode | undefined): Fix {
    if (control.isFull(id)) return by("disk full");
    if (local?.kind === "file" && local.hash === null) return by("unreadable");
    // What is on disk as it was last has nothing that Dropbox could refuse: it was to be changed here.
    return by(local === undefined || isAsSynced(local) ? "refused by disk" : "refused by Dropbox");
  }

  function isAsSynced({ id, parent, name, hash }: LocalNode): boolean {
    const synced = store.synced.get(id);
    return synced !== undefined && synced.hash === hash && synced.parent === parent && synced.name === name;
  }

  function ofSpecial({ name, identity, special }: LocalNode): Fix {
    // Nobody could look at it: its name may be why.
    if (identity === "") return names.refusal(name) === null ? by("unreadable") : toRename(name);
    return by(special === "symbolic link" ? "symbolic link" : "special file");
  }

  function toRename(name: string): Fix {
    const other = readableName(name, names);
    const example = other === null ? "" : `, for example to “${other}”`;
    return { cause: "name", sentence: `Rename it${example}: then it is synced.` };
  }

  /** The outermost folder above that stays out itself, as a path. */
  function stuckAbove(node: LocalNode | RemoteNode | undefined): string | null {
    let found: string | null = null;
    let path = ROOT_PATH;
    for (const folder of foldersAbove(node)) {
      path = joinPath(path, folder.name);
      const parked = control.parkedAs(folder.id);
      if (parked?.why.kind === "not synced") found ??= path;
    }
    return found;
  }

  /** Outermost first. */
  function foldersAbove(node: LocalNode | RemoteNode | undefined): (LocalNode | RemoteNode)[] {
    const found: (LocalNode | RemoteNode)[] = [];
    for (let up: NodeId | null = node?.parent ?? null; up !== null; ) {
      const folder: LocalNode | RemoteNode | undefined = store.local.get(up) ?? store.remote.get(up);
      if (folder === undefined || folder.parent === null) break;
      found.unshift(folder);
      up = folder.parent;
    }
    return found;
  }

  /** Whether something else on disk has its name, as Dropbox compares names. */
  function hasNamesake(local: LocalNode | undefined, remote: RemoteNode | undefined): boolean {
    const node = local ?? remote;
    if (node?.parent == null) return false;
    return store.local.childrenByKey(node.parent, node.key).some(({ id }) => id !== node.id);
  }

  return { ofParked, ofProblem, diskGone: by("disk gone") };
}
