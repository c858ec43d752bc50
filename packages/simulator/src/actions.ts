import { pathKey } from "@twinfold/dropbox-rules";
import { baseName, joinPath, parentPath, type RelativePath } from "@twinfold/engine";
import { DiskError } from "./disk-things.ts";
import type { DiskUser } from "./disk-user.ts";
import type { DropboxUser } from "./dropbox-user.ts";
import { DropboxError } from "./virtual-dropbox.ts";
import type { VisibleTree } from "./visible-tree.ts";

/** One thing that someone does to the files of one side; plain data, so that a list of them is a script. */
export type FileAction =
  | { readonly kind: "write"; readonly path: string; readonly content: string }
  /** On disk: written beside and renamed over, as careful editors do. */
  | { readonly kind: "save"; readonly path: string; readonly content: string }
  /** On disk: a first half in place, and the rest some milliseconds later. */
  | { readonly kind: "write slowly"; readonly path: string; readonly content: string; readonly milliseconds: number }
  | { readonly kind: "append"; readonly path: string; readonly content: string }
  | { readonly kind: "mkdir"; readonly path: string }
  | { readonly kind: "move"; readonly from: string; readonly to: string }
  /** On disk: a rename onto something that is there. */
  | { readonly kind: "rename over"; readonly from: string; readonly to: string }
  | { readonly kind: "swap"; readonly from: string; readonly to: string }
  | { readonly kind: "copy"; readonly from: string; readonly to: string }
  | { readonly kind: "remove"; readonly path: string }
  /** All that is in a folder is moved beside it, where the names are free, and the folder removed with the rest. */
  | { readonly kind: "unpack"; readonly path: string }
  /** A file in the place of whatever is there, folder or not. */
  | { readonly kind: "become file"; readonly path: string; readonly content: string }
  | { readonly kind: "become folder"; readonly path: string }
  | { readonly kind: "hard link"; readonly from: string; readonly to: string }
  | { readonly kind: "symbolic link"; readonly path: string }
  /** The ignore file gets this text. */
  | { readonly kind: "ignore"; readonly text: string };

/** Carries it out on disk. @returns false when a shell would have answered with an error */
export function actOnDisk(user: DiskUser, action: FileAction, later: (milliseconds: number, call: () => void) => void) {
  return unlessRefused(() => {
    switch (action.kind) {
      case "write":
        return user.write(action.path, action.content);
      case "save":
        return user.save(action.path, action.content);
      case "write slowly": {
        const half = action.content.slice(0, action.content.length >> 1);
        user.write(action.path, half);
        later(action.milliseconds, () => {
          // Only while the name still leads to what was begun.
          unlessRefused(() => {
            if (user.text(action.path) === half) user.write(action.path, action.content);
          });
        });
        return;
      }
      case "append":
        return user.append(action.path, action.content);
      case "mkdir":
        return user.mkdir(action.path);
      case "move":
        if (user.exists(action.to)) throw new DiskError("EEXIST", action.to);
        return user.rename(action.from, action.to);
      case "rename over":
        return user.rename(action.from, action.to);
      case "swap":
        return user.swap(action.from, action.to);
      case "copy":
        return user.copy(action.from, action.to);
      case "remove":
        return user.rmtree(action.path);
      case "unpack":
        for (const [from, to] of unpacked(user.tree(), action.path)) user.rename(from, to);
        return user.rmtree(action.path);
      case "become file":
        if (user.exists(action.path)) user.rmtree(action.path);
        return user.write(action.path, action.content);
      case "become folder":
        if (user.exists(action.path)) user.rmtree(action.path);
        return user.mkdir(action.path);
      case "hard link":
        return user.hardLink(action.from, action.to);
      case "symbolic link":
        return user.symlink(action.path);
      case "ignore":
        return user.write(".mignore", action.text);
      default:
        return action satisfies never;
    }
  });
}

/** Carries it out in Dropbox. @returns false when its website would have refused */
export function actInDropbox(user: DropboxUser, action: FileAction): boolean {
  return unlessRefused(() => {
    switch (action.kind) {
      case "write":
      case "save":
      case "write slowly":
        return user.upload(action.path, action.content);
      case "append":
        return user.edit(action.path, user.text(action.path) + action.content);
      case "mkdir":
        return user.mkdir(action.path);
      case "move":
        return user.move(action.from, action.to);
      case "rename over":
        if (!user.exists(action.from)) throw new DropboxError("not_found", action.from);
        if (user.exists(action.to) && action.from.toLowerCase() !== action.to.toLowerCase()) user.remove(action.to);
        return user.move(action.from, action.to);
      case "swap":
        return user.swap(action.from, action.to);
      case "copy":
      case "hard link":
        return user.upload(action.to, user.content(action.from).slice());
      case "remove":
        return user.remove(action.path);
      case "unpack":
        for (const [from, to] of unpacked(user.tree(), action.path)) user.move(from, to);
        return user.remove(action.path);
      case "become file":
        if (user.exists(action.path)) user.remove(action.path);
        return user.upload(action.path, action.content);
      case "become folder":
        if (user.exists(action.path)) user.remove(action.path);
        return user.mkdir(action.path);
      case "symbolic link":
        throw new DropboxError("disallowed_name", action.path);
      case "ignore":
        return user.upload(".mignore", action.text);
      default:
        return action satisfies never;
    }
  });
}

/** What is in a folder, and where it goes beside it. */
function unpacked(tree: VisibleTree, folder: string): [string, string][] {
  const taken = new Set([...tree.keys()].map(pathKey));
  const names = [...tree.keys()]
    .filter((path) => parentPath(path as RelativePath) === folder)
    .map((path) => baseName(path as RelativePath));
  const beside = (name: string) => joinPath(parentPath(folder as RelativePath), name);
  return names.filter((name) => !taken.has(pathKey(beside(name)))).map((name) => [`${folder}/${name}`, beside(name)]);
}

function unlessRefused(body: () => void): boolean {
  try {
    body();
    return true;
  } catch (error) {
    if (error instanceof DiskError || error instanceof DropboxError) return false;
    throw error;
  }
}
