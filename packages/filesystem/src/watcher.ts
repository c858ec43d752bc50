import {
  isWithin,
  joinPath,
  type Name,
  parentPath,
  type RelativePath,
  ROOT_PATH,
  type Watcher,
  type WatchHint,
} from "@twinfold/engine";
import { type FolderEvent, inotify } from "./inotify.ts";
import { NativeError, nativeAvailable } from "./native.ts";
import { isStaging } from "./staging-place.ts";

/** Events are gathered for so long, in milliseconds, before they are told. */
const GATHER = 5;

/** Watches folders of one root; tells hints in batches. */
export function createWatcher(root: string, onHints: (hints: readonly WatchHint[]) => void): Watcher {
  const watches = new Map<RelativePath, { readonly wd: number; readonly listener: (event: FolderEvent) => void }>();
  const names = new Map<RelativePath, { readonly all: Set<Name>; readonly closed: Set<Name> }>();
  const subtrees = new Set<RelativePath>();
  let timer: NodeJS.Timeout | null = null;

  function tell(): void {
    timer = null;
    const hints: WatchHint[] = [...subtrees].map((path) => ({ kind: "subtree", path }));
    for (const [path, { all, closed }] of names)
      hints.push({ kind: "folder", path, names: [...all], closed: [...closed] });
    subtrees.clear();
    names.clear();
    onHints(hints);
  }

  function gather(): void {
    timer ??= setTimeout(tell, GATHER);
  }

  function hear(path: RelativePath, event: FolderEvent): void {
    if (event.name !== null && isStaging(path, event.name)) return;
    switch (event.kind) {
      case "lost":
        subtrees.add(ROOT_PATH);
        break;
      case "self":
        forget(path);
        note(parentPath(path), null, false);
        break;
      case "folder-left":
        // Its watch would go on telling of it under the old path.
        if (event.name !== null) forget(joinPath(path, event.name));
        note(path, event.name, false);
        break;
      case "closed":
      case "names":
        note(path, event.name, event.kind === "closed");
        break;
      default:
        event.kind satisfies never;
    }
    gather();
  }

  function note(path: RelativePath, name: string | null, closed: boolean): void {
    let known = names.get(path);
    if (known === undefined) {
      known = { all: new Set(), closed: new Set() };
      names.set(path, known);
    }
    if (name === null) return;
    known.all.add(name as Name);
    if (closed) known.closed.add(name as Name);
  }

  /**
   * Ends the watches of a folder and of all below it. They may be those of the folder that came to this path since the
   * event: whoever knows of one there is to look at it, and to watch it anew.
   */
  function forget(path: RelativePath): void {
    for (const [watched, { wd, listener }] of watches) {
      if (watched === "" || !isWithin(watched, path)) continue;
      watches.delete(watched);
      inotify.remove(wd, listener);
      subtrees.add(path);
    }
  }

  return {
    async add(folders) {
      if (!nativeAvailable) return folders;
      const failed: RelativePath[] = [];
      for (const path of folders) {
        const listener = (event: FolderEvent) => hear(path, event);
        try {
          const wd = inotify.add(path === "" ? root : `${root}/${path}`, listener);
          const before = watches.get(path);
          if (before !== undefined) inotify.remove(before.wd, before.listener);
          watches.set(path, { wd, listener });
        } catch (error) {
          if (!(error instanceof NativeError)) throw error;
          // Gone, or no folder any more: its own folder's events tell. Otherwise: watches are used up.
          if (error.code !== "ENOENT" && error.code !== "ENOTDIR" && error.code !== "ELOOP") failed.push(path);
        }
      }
      return failed;
    },
    async close() {
      if (timer !== null) clearTimeout(timer);
      for (const { wd, listener } of watches.values()) inotify.remove(wd, listener);
      watches.clear();
    },
  };
}
