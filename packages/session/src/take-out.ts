import {
  type Activity,
  type FileSystem,
  type Fingerprint,
  type IgnoreRule,
  pathComponents,
  type RelativePath,
  type Remote,
  type RemoteEntry,
  type RemoteFile,
  type RemoteFolder,
  type RemoteWrite,
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
  const going: { readonly file: RemoteFile; readonly onDisk: Fingerprint }[] = [];
  const staying: RelativePath[] = [];
  for (const one of matching) {
    if (one.kind === "folder") continue;
    const onDisk = await sameOnDisk(fileSystem, one);
    if (onDisk !== null) going.push({ file: one, onDisk });
    else staying.push(one.path);
  }
  await agree(takenOut(going, staying));
  // That may have taken its time: what has changed on disk since is no longer what Dropbox has.
  const still: typeof going = [];
  for (const one of going) {
    const stat = await fileSystem.stat(one.file.path).catch(() => null);
    if (stat?.fingerprint === one.onDisk) still.push(one);
    else staying.push(one.file.path);
  }
  const removed = (one: RemoteEntry) => tell(activityOf(one, leftOutBy(one.path, one.kind)));
  await remove(
    remote,
    still.map(({ file }) => file),
    isWanted,
    removed,
  );
  await remove(remote, await emptyFolders(fileSystem, remote, leftOutBy), isWanted, removed);
  return takenOut(still, staying);
}

function takenOut(going: readonly { readonly file: RemoteFile }[], staying: readonly RelativePath[]): TakenOut {
  return {
    files: going.map(({ file }) => file.path),
    bytes: going.reduce((sum, { file }) => sum + file.size, 0),
    staying: [...staying],
  };
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

/** By keys: of a path only the last component's case is certain. */
async function listing(remote: Remote): Promise<Map<string, RemoteEntry>> {
  const there = new Map<string, RemoteEntry>();
  for await (const page of remote.changes(null, never)) {
    for (const one of page.changes) {
      const key = keyOf(remote, one.path);
      if (one.kind !== "deleted") there.set(key, one);
      else for (const other of [...there.keys()]) if (`${other}/`.startsWith(`${key}/`)) there.delete(other);
    }
  }
  return there;
}

const keyOf = (remote: Remote, path: RelativePath) => pathComponents(path).map(remote.names.key).join("/");

/** @returns by what it is known on disk; null where that has another content, or none. */
async function sameOnDisk(fileSystem: FileSystem, file: RemoteFile): Promise<Fingerprint | null> {
  try {
    const before = await fileSystem.stat(file.path);
    if (before?.kind !== "file" || before.size !== file.size) return null;
    const { hash, stat } = await fileSystem.hash(file.path, never);
    return hash === file.hash ? stat.fingerprint : null;
  } catch {
    return null;
  }
}

/** The topmost of the folders that match, are on disk, and hold no file in Dropbox. */
async function emptyFolders(
  fileSystem: FileSystem,
  remote: Remote,
  leftOutBy: TakingOut["leftOutBy"],
): Promise<RemoteFolder[]> {
  const there = [...(await listing(remote))].sort(([a], [b]) => a.length - b.length);
  const files = there.filter(([, { kind }]) => kind === "file").map(([key]) => key);
  const empty = new Map<string, RemoteFolder>();
  for (const [key, one] of there) {
    if (one.kind !== "folder" || leftOutBy(one.path, "folder") === null) continue;
    const isIn = (outer: string, inner: string) => inner.startsWith(`${outer}/`);
    if (files.some((file) => isIn(key, file)) || [...empty.keys()].some((outer) => isIn(outer, key))) continue;
    if ((await fileSystem.stat(one.path).catch(() => null))?.kind === "folder") empty.set(key, one);
  }
  return [...empty.values()];
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
