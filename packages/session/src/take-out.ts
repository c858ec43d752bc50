import type {
  FileSystem,
  RelativePath,
  Remote,
  RemoteEntry,
  RemoteFile,
  RemoteFolder,
  RemoteWrite,
} from "@twinfold/engine";

/** What is to be taken out of Dropbox, and what is to stay there although it matches. */
export interface TakenOut {
  readonly files: readonly RelativePath[];
  readonly bytes: number;
  /** Not on disk, or not the same there: what Dropbox has is all that there is of it. */
  readonly staying: readonly RelativePath[];
}

const never = new AbortController().signal;

/** Nothing else is under way here: each request may commit at once. */
const NO_GATE = { share: <T>(commit: () => Promise<T>) => commit() };

/**
 * Takes out of Dropbox what no longer syncs, where the disk has the same. `agree` is told what that is before anything is
 * done, and says no by throwing; when it returns, no engine may take what goes for deletions any more.
 * @throws RemoteError, FileSystemError
 */
export async function takeOut(
  fileSystem: FileSystem,
  remote: Remote,
  isLeftOut: (path: RelativePath, kind: "file" | "folder") => boolean,
  agree: (found: TakenOut) => Promise<void>,
): Promise<TakenOut> {
  const matching = [...(await listing(remote)).values()].filter((one) => isLeftOut(one.path, one.kind));
  const going: RemoteFile[] = [];
  const staying: RelativePath[] = [];
  for (const one of matching) {
    if (one.kind === "folder") continue;
    if (await isOnDisk(fileSystem, one)) going.push(one);
    else staying.push(one.path);
  }
  const found = {
    files: going.map(({ path }) => path),
    bytes: going.reduce((sum, { size }) => sum + size, 0),
    staying,
  };
  await agree(found);
  await remove(remote, going);
  await remove(remote, await emptyFolders(fileSystem, remote, isLeftOut));
  return found;
}

async function listing(remote: Remote): Promise<Map<RelativePath, RemoteEntry>> {
  const there = new Map<RelativePath, RemoteEntry>();
  for await (const page of remote.changes(null, never)) {
    for (const one of page.changes) {
      if (one.kind !== "deleted") there.set(one.path, one);
      else for (const path of [...there.keys()]) if (`${path}/`.startsWith(`${one.path}/`)) there.delete(path);
    }
  }
  return there;
}

async function isOnDisk(fileSystem: FileSystem, file: RemoteFile): Promise<boolean> {
  try {
    const stat = await fileSystem.stat(file.path);
    if (stat?.kind !== "file" || stat.size !== file.size) return false;
    return (await fileSystem.hash(file.path, never)).hash === file.hash;
  } catch {
    return false;
  }
}

/** The topmost of the folders that match, are on disk, and hold no file in Dropbox. */
async function emptyFolders(
  fileSystem: FileSystem,
  remote: Remote,
  isLeftOut: (path: RelativePath, kind: "file" | "folder") => boolean,
): Promise<RemoteFolder[]> {
  const there = [...(await listing(remote)).values()];
  const files = there.filter(({ kind }) => kind === "file");
  const empty: RemoteFolder[] = [];
  for (const one of there.sort((a, b) => a.path.length - b.path.length)) {
    if (one.kind !== "folder" || !isLeftOut(one.path, "folder")) continue;
    const isIn = (outer: RemoteFolder, inner: RemoteEntry) => inner.path.startsWith(`${outer.path}/`);
    if (files.some((file) => isIn(one, file)) || empty.some((outer) => isIn(outer, one))) continue;
    if ((await fileSystem.stat(one.path).catch(() => null))?.kind === "folder") empty.push(one);
  }
  return empty;
}

async function remove(remote: Remote, entries: readonly RemoteEntry[]): Promise<void> {
  const writes = entries.map(
    (one, key): RemoteWrite => ({
      key,
      kind: "delete",
      path: one.path,
      id: one.id,
      rev: one.kind === "file" ? one.rev : null,
      isWanted: () => true,
    }),
  );
  let failure: Error | null = null;
  const report: Parameters<Remote["write"]>[2] = (results) => {
    for (const one of results) if ("error" in one) failure ??= one.error;
  };
  if (writes.length > 0) await remote.write(writes, NO_GATE, report, never);
  if (failure !== null) throw failure;
}
