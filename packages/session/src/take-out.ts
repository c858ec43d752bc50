import type {
  Activity,
  FileSystem,
  IgnoreRule,
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

/** What is to go, and whether it still is. */
export interface TakingOut {
  /** The rule that leaves it out of sync, and is to take it out of Dropbox too; null for what stays. */
  leftOutBy(path: RelativePath, kind: "file" | "folder"): IgnoreRule | null;
  /** Told what that is before anything is done; says no by throwing. No engine may take what goes for deletions after it. */
  agree(found: TakenOut): Promise<void>;
  /** Asked right before each removal: whether the rules still are those by which it was chosen. */
  isWanted(): boolean;
}

const never = new AbortController().signal;

/** Nothing else is under way here: each request may commit at once. */
const NO_GATE = { share: <T>(commit: () => Promise<T>) => commit() };

/**
 * Takes out of Dropbox what no longer syncs, where the disk has the same.
 * @param tell of each that is gone, so that it can be looked up, and brought back from what Dropbox keeps
 * @throws RemoteError, FileSystemError
 */
export async function takeOut(
  fileSystem: FileSystem,
  remote: Remote,
  { leftOutBy, agree, isWanted }: TakingOut,
  tell: (activity: Activity) => void,
): Promise<TakenOut> {
  const matching = [...(await listing(remote)).values()].filter((one) => leftOutBy(one.path, one.kind) !== null);
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
  const removed = (one: RemoteEntry) => tell(activityOf(one, leftOutBy(one.path, one.kind)));
  await remove(remote, going, isWanted, removed);
  await remove(remote, await emptyFolders(fileSystem, remote, leftOutBy), isWanted, removed);
  return found;
}

function activityOf(one: RemoteEntry, rule: IgnoreRule | null): Activity {
  const by = rule === null ? "" : `, as line ${rule.line} of ${rule.source} leaves it out: ${rule.pattern}`;
  return {
    ...{ at: new Date().toISOString(), side: "remote", action: "delete", kind: one.kind, path: one.path },
    reason: `taken out of Dropbox, on disk it stays${by}`,
    was: one.kind === "file" ? one.hash : null,
    now: null,
    ...(one.kind === "file" ? { bytes: one.size } : {}),
  };
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
  leftOutBy: TakingOut["leftOutBy"],
): Promise<RemoteFolder[]> {
  const there = [...(await listing(remote)).values()];
  const files = there.filter(({ kind }) => kind === "file");
  const empty: RemoteFolder[] = [];
  for (const one of there.sort((a, b) => a.path.length - b.path.length)) {
    if (one.kind !== "folder" || leftOutBy(one.path, "folder") === null) continue;
    const isIn = (outer: RemoteFolder, inner: RemoteEntry) => inner.path.startsWith(`${outer.path}/`);
    if (files.some((file) => isIn(one, file)) || empty.some((outer) => isIn(outer, one))) continue;
    if ((await fileSystem.stat(one.path).catch(() => null))?.kind === "folder") empty.push(one);
  }
  return empty;
}

async function remove(
  remote: Remote,
  entries: readonly RemoteEntry[],
  isWanted: () => boolean,
  removed: (one: RemoteEntry) => void,
): Promise<void> {
  const writes = entries.map(
    (one, key): RemoteWrite => ({
      key,
      kind: "delete",
      path: one.path,
      id: one.id,
      rev: one.kind === "file" ? one.rev : null,
      isWanted,
    }),
  );
  let failure: Error | null = null;
  const report: Parameters<Remote["write"]>[2] = (results) => {
    for (const one of results) {
      const entry = entries[one.key];
      if ("error" in one) failure ??= one.error;
      else if (entry !== undefined) removed(entry);
    }
  };
  if (writes.length > 0) await remote.write(writes, NO_GATE, report, never);
  if (failure !== null) throw failure;
}
