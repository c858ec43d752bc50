import { isTransient } from "./plan/names.ts";
import type { RemoteReader } from "./ports/store.ts";
import { joinPath, type NodeId, type RelativePath, ROOT, ROOT_PATH } from "./ports/values.ts";

/** Something that the remote was last seen to hold. */
export interface SeenInRemote {
  readonly path: RelativePath;
  readonly kind: "file" | "folder";
  readonly size: number;
}

/**
 * What the remote was last seen to hold, folder by folder, read only as far as it is asked for: the tree may change in between.
 * @param enter whether what is in a folder is wanted
 */
export function* inRemote(tree: RemoteReader, enter: (folder: RelativePath) => boolean): Iterable<SeenInRemote> {
  const folders: { readonly id: NodeId; readonly path: RelativePath }[] = [{ id: ROOT, path: ROOT_PATH }];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const { id, name, kind, size } of tree.children(folder.id)) {
      if (isTransient(name)) continue;
      const path = joinPath(folder.path, name);
      yield { path, kind, size };
      if (kind === "folder" && enter(path)) folders.push({ id, path });
    }
  }
}
