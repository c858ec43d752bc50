import { MAXIMUM_BATCH_ENTRIES, pathKey } from "@twinfold/dropbox-rules";
import { joinPath, parentPath, RemoteError, type RemoteWrite, type WriteResult } from "@twinfold/engine";
import { DropboxApiError, isPassing, mayBeDone, remoteErrorOf } from "./api-error.ts";
import { runBatch, sortResults } from "./batch-job.ts";
import { inParallel } from "./in-parallel.ts";
import { parseMetadata } from "./metadata.ts";
import type { WriteParts } from "./write-parts.ts";

type Folder = Extract<RemoteWrite, { kind: "create-folder" }>;
type FolderCopy = Extract<RemoteWrite, { kind: "copy-folder" }>;
type Move = Extract<RemoteWrite, { kind: "move" }>;
type Deletion = Extract<RemoteWrite, { kind: "delete" }>;
export type StructureWrite = Folder | FolderCopy | Move | Deletion;

/** How many paths are looked up at a time, after a batch whose answer was lost. */
const LOOKUPS_AT_ONCE = 8;

interface Kind<W extends StructureWrite> {
  readonly route: string;
  readonly batchRoute: string;
  readonly checkRoute: string;
  argument(write: W, path: (path: string) => string): unknown;
  batch(entries: readonly unknown[]): unknown;
}

const FOLDERS: Kind<Folder> = {
  route: "files/create_folder_v2",
  batchRoute: "files/create_folder_batch",
  checkRoute: "files/create_folder_batch/check",
  argument: (write, path) => ({ path: path(write.path), autorename: false }),
  batch: (entries) => ({ paths: entries.map((one) => (one as { path: string }).path), autorename: false }),
};

const COPIES: Kind<FolderCopy> = {
  route: "files/copy_v2",
  batchRoute: "files/copy_batch_v2",
  checkRoute: "files/copy_batch/check_v2",
  argument: (write, path) => ({ from_path: write.from, to_path: path(write.path) }),
  batch: (entries) => ({ entries, autorename: false }),
};

const MOVES: Kind<Move> = {
  route: "files/move_v2",
  batchRoute: "files/move_batch_v2",
  checkRoute: "files/move_batch/check_v2",
  argument: (write, path) => ({ from_path: write.id ?? path(write.from), to_path: path(write.path) }),
  batch: (entries) => ({ entries, autorename: false }),
};

const DELETIONS: Kind<Deletion> = {
  route: "files/delete_v2",
  batchRoute: "files/delete_batch",
  checkRoute: "files/delete_batch/check",
  argument: (write, path) => ({
    path: write.id ?? path(write.path),
    ...(write.rev === null ? {} : { parent_rev: write.rev }),
  }),
  batch: (entries) => ({ entries }),
};

/** Folders, moves and deletions: one by its own route, several as one batch. What is copied may be deleted after that. */
export async function writeStructure(parts: WriteParts, writes: readonly StructureWrite[]): Promise<void> {
  await writeKind(
    parts,
    COPIES,
    writes.filter((write) => write.kind === "copy-folder"),
  );
  const moves = writes.filter((write) => write.kind === "move");
  await writeKind(
    parts,
    MOVES,
    moves.filter((move) => !isRecasing(move)),
  );
  for (const move of moves.filter(isRecasing)) await recase(parts, move);
  await writeKind(
    parts,
    DELETIONS,
    writes.filter((write) => write.kind === "delete"),
  );
  await writeKind(
    parts,
    FOLDERS,
    writes.filter((write) => write.kind === "create-folder"),
  );
}

/** Whether a move changes nothing but the case of the name: Dropbox answers those with success, and does nothing. */
function isRecasing(move: Move): boolean {
  return move.from !== move.path && pathKey(move.from) === pathKey(move.path);
}

/** By way of a name of its own; if that is as far as it comes, the engine knows the name for what it is. */
async function recase(parts: WriteParts, move: Move): Promise<void> {
  const { pacing, transport, gate, signal } = parts;
  const aside = joinPath(parentPath(move.path), move.aside);
  const step = (from: string, to: string) =>
    pacing.persist(signal, () =>
      transport.rpc(MOVES.route, { from_path: move.id ?? parts.path(from), to_path: parts.path(to) }, signal),
    );
  await gate.share(async () => {
    let result: WriteResult;
    try {
      await step(move.from, aside);
      const answer = await step(aside, move.path);
      result = resultOf(parts, move, (answer as { metadata?: unknown } | null)?.metadata);
    } catch (error) {
      signal.throwIfAborted();
      result = failure(move, error);
    }
    parts.report([result]);
  });
}

async function writeKind<W extends StructureWrite>(
  parts: WriteParts,
  kind: Kind<W>,
  writes: readonly W[],
): Promise<void> {
  const [first] = writes;
  if (first === undefined) return;
  if (writes.length === 1) return writeOne(parts, kind, first);
  for (let start = 0; start < writes.length; start += MAXIMUM_BATCH_ENTRIES) {
    await writeBatch(parts, kind, writes.slice(start, start + MAXIMUM_BATCH_ENTRIES));
  }
}

async function writeOne<W extends StructureWrite>(parts: WriteParts, kind: Kind<W>, write: W): Promise<void> {
  const { pacing, transport, gate, signal } = parts;
  await gate.share(async () => {
    let result: WriteResult;
    let doubtful = false;
    if (!isWanted(write)) return parts.report([unwanted(write)]);
    if (isUnconditional(write) && pacing.isPaused()) return parts.report([failure(write, uncertain())]);
    const attempt = () => transport.rpc(kind.route, kind.argument(write, parts.path), signal);
    try {
      const answer = isUnconditional(write)
        ? await pacing.once(signal, attempt).catch((error: unknown) => {
            doubtful = mayBeDone(error);
            throw isPassing(error) ? uncertain() : error;
          })
        : await pacing.persist<unknown>(signal, attempt, {
            ambiguous: async () => {
              doubtful = true;
              return undefined;
            },
          });
      result = resultOf(parts, write, (answer as { metadata?: unknown } | null)?.metadata);
    } catch (error) {
      signal.throwIfAborted();
      result = (doubtful ? await lookAfterwards(parts, write) : null) ?? failure(write, error);
    }
    parts.report([result]);
  });
}

async function writeBatch<W extends StructureWrite>(
  parts: WriteParts,
  kind: Kind<W>,
  writes: readonly W[],
): Promise<void> {
  const { pacing, gate, signal } = parts;
  await gate.share(async () => {
    const results: WriteResult[] = writes.filter((write) => !isWanted(write)).map(unwanted);
    let left = writes.filter(isWanted);
    let doubtful = false;
    if (pacing.isPaused()) await giveUpUnconditional();
    if (left.length === 0) return parts.report(results);

    async function settle(write: W, error: unknown): Promise<void> {
      results.push((doubtful ? await lookAfterwards(parts, write) : null) ?? failure(write, error));
    }

    /** What is not to be asked for again, unless somebody has looked before. */
    async function giveUpUnconditional(): Promise<void> {
      const unconditional = left.filter(isUnconditional);
      left = left.filter((write) => !isUnconditional(write));
      await inParallel(unconditional, LOOKUPS_AT_ONCE, (write) => settle(write, uncertain()));
    }

    async function attempt(): Promise<"done"> {
      const argument = kind.batch(left.map((write) => kind.argument(write, parts.path)));
      let entries: readonly unknown[];
      try {
        entries = await runBatch(parts, kind.batchRoute, kind.checkRoute, argument);
      } catch (error) {
        // Made again, it fails where it was done already, and those entries are looked at one by one.
        doubtful ||= mayBeDone(error);
        if (isPassing(error)) await giveUpUnconditional();
        if (left.length === 0) return "done";
        throw error;
      }
      const { given, refused, busy, refusal } = sortResults(kind.batchRoute, left, entries);
      for (const [write, metadata] of given) results.push(resultOf(parts, write, metadata));
      left = busy;
      await inParallel(refused, LOOKUPS_AT_ONCE, ([write, error]) => settle(write, error));
      await giveUpUnconditional();
      if (refusal !== null && left.length > 0) throw refusal;
      return "done";
    }

    try {
      await pacing.persist(signal, attempt);
    } catch (error) {
      signal.throwIfAborted();
      results.push(...left.map((write) => failure(write, error)));
    }
    parts.report(results);
  });
}

function isWanted(write: StructureWrite): boolean {
  return write.kind !== "delete" || write.isWanted();
}

function unwanted(write: StructureWrite): WriteResult {
  return { key: write.key, error: new RemoteError("conflict", `${write.path} has changed: it is not deleted.`) };
}

/**
 * Whether a later try could hit what others have made since it was looked: a folder is deleted with whatever is in it by
 * then. So there is one try, at once or not at all: while this waits, nobody reads what has changed.
 */
function isUnconditional(write: StructureWrite): boolean {
  return write.kind === "delete" && write.rev === null;
}

function uncertain(): RemoteError {
  return new RemoteError("conflict", "Dropbox has not said that it was done: looking again.");
}

function resultOf(parts: WriteParts, write: StructureWrite, metadata: unknown): WriteResult {
  if (write.kind === "delete") return { key: write.key, entry: null };
  const tagged =
    typeof metadata === "object" && metadata !== null && !(".tag" in metadata)
      ? { ...metadata, ".tag": "folder" }
      : metadata;
  const entry = parseMetadata(tagged, parts.key);
  if (entry !== null && entry.kind !== "deleted") return { key: write.key, entry };
  return {
    key: write.key,
    error: new RemoteError("conflict", "Dropbox's answer is not what was expected: looking again."),
  };
}

/** After a failure: whether what was asked for is the case, from an earlier try whose answer was lost. */
async function lookAfterwards(parts: WriteParts, write: StructureWrite): Promise<WriteResult | null> {
  try {
    const there = await parts.lookup(write.path);
    if (write.kind === "delete") return there === null ? { key: write.key, entry: null } : null;
    if (write.kind === "create-folder" || write.kind === "copy-folder")
      return there?.kind === "folder" ? { key: write.key, entry: there } : null;
    // One whose id is not known shows in the changes: the engine finds it there.
    return there !== null && there.id === write.id ? { key: write.key, entry: there } : null;
  } catch {
    return null;
  }
}

function failure(write: StructureWrite, error: unknown): WriteResult {
  // Deleted by someone else meanwhile: that is what was wanted.
  if (write.kind === "delete" && error instanceof DropboxApiError && error.tags.startsWith("path_lookup/not_found")) {
    return { key: write.key, entry: null };
  }
  return { key: write.key, error: remoteErrorOf(error) };
}
