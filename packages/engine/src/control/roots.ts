import { type FileSystem, FileSystemError } from "../ports/file-system.ts";
import type { RemoteNames } from "../ports/remote.ts";
import type { LocalNode, RemoteNode, Store, SyncedNode } from "../ports/store.ts";
import { type ContentHash, type Name, type RemoteId, ROOT, ROOT_PATH } from "../ports/values.ts";

/** Puts the roots of both sides into the trees. @throws FileSystemError `root` when there is no folder */
export async function ensureRoots(store: Store, fileSystem: FileSystem, names: RemoteNames): Promise<void> {
  const stat = await fileSystem.stat(ROOT_PATH);
  if (stat === null || stat.kind !== "folder") throw new FileSystemError("root", ROOT_PATH, "the root is not a folder");
  const { identity, fingerprint, mtime } = stat;
  if (store.local.get(ROOT)?.identity === identity && store.remote.get(ROOT) && store.synced.get(ROOT)) return;
  const place = { id: ROOT, parent: null, name: "" as Name, key: names.key("") };
  const remoteId = "root" as RemoteId;
  const hash: ContentHash | null = null;
  const kind = "folder" as const;
  const local: LocalNode = { ...place, kind, identity, fingerprint, size: 0, mtime, hash, special: null };
  const remote: RemoteNode = { ...place, kind, remoteId, rev: null, hash, size: 0, mtime: 0, downloadable: true };
  const synced: SyncedNode = { ...place, kind, remoteName: "" as Name, identity, remoteId, hash, since: 0 };
  store.transaction(() => {
    store.local.put(local);
    store.remote.put(remote);
    store.synced.put(synced);
  });
}
