import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { posix } from "node:path";
import type { Undo as UndoTold } from "@twinfold/api";
import { inParallel } from "@twinfold/dropbox";
import { RemoteError, type RemoteErrorCode } from "@twinfold/engine";
import { FilesError, type FilesErrorCode, type FolderFiles } from "@twinfold/workspaces";
import type { Kysely } from "kysely";
import { type ActivityLog, type ActivityRow, canBeUndone, isMove, type MoveRow } from "./activity-log.ts";
import { bringBack, makeFolders } from "./bring-back.ts";
import type { Database } from "./database/schema.ts";
import { checkEditor, type Hierarchy, type PlacedInstance } from "./hierarchy.ts";
import { type KeptContents, withKeptContents } from "./kept-contents.ts";
import { withAnyKeptVersions } from "./kept-versions.ts";
import type { Links } from "./links.ts";
import type { LiveEvents } from "./live-events.ts";
import type { Places } from "./places.ts";
import type { RestoresUnderWay } from "./restores-under-way.ts";
import { RequestError } from "./server-error.ts";
import type { SnapshotContents } from "./snapshot-contents.ts";
import type { SyncManager } from "./sync-manager.ts";
import { count, createUndoRecords, described, nothingYet, type UndoOutcome, type UndoRow } from "./undo-records.ts";
import { openWorkspaceFiles } from "./workspace-files.ts";

/** Files that are brought back at a time: as many as an account's pacing ever lets through. */
const AT_ONCE = 16;
/** How often it is written down and told how far an undo is, and looked at whether its user may still do it; milliseconds. */
const SAVE_EVERY = 500;

/** What stops more than one file. */
const ENDS_ALL: ReadonlySet<RemoteErrorCode | FilesErrorCode> = new Set(["offline", "revoked", "full"]);

/**
 * Takes back deletions and overwrites that a user's sync has carried out, from what her Dropbox has kept, or a snapshot; and moves. What
 * takes its time goes on by itself once it has begun; what the server's end cuts short is gone on with at its next start.
 */
export function createUndo(parts: {
  readonly database: Kysely<Database>;
  readonly activity: ActivityLog;
  readonly hierarchy: Hierarchy;
  readonly links: Links;
  readonly places: Places;
  readonly sync: SyncManager;
  readonly restoresUnderWay: RestoresUnderWay;
  readonly snapshots: SnapshotContents;
  readonly events: LiveEvents;
  readonly log: (message: string) => void;
}) {
  const { activity, links, places, sync, restoresUnderWay } = parts;
  const records = createUndoRecords(parts.database, activity);
  const ended = new AbortController();
  /** By their ids. `entries`: what each of them brings back. */
  const running = new Map<string, Job>();

  /** @throws RequestError when she may not, or no longer */
  async function editable(userId: string, instanceId: string): Promise<PlacedInstance> {
    const instance = await parts.hierarchy.instance(userId, instanceId);
    checkEditor(instance);
    return instance;
  }

  /** What is still to be brought back, the entry itself last. */
  async function rowsOf(entry: ActivityRow): Promise<ActivityRow[]> {
    return entry.was === null ? [...(await activity.deletedWith(entry)), entry] : [entry];
  }

  /** Brings each back, and says from time to time how far it is. @throws RequestError, RemoteError, FilesError */
  async function bringAllBack(
    { row, rows, outcome, written, finished }: Job,
    { files, contents }: { readonly files: FolderFiles; readonly contents: KeptContents },
  ): Promise<void> {
    let saved = Date.now();
    await inParallel(rows, AT_ONCE, async ({ id, path, was, now }) => {
      ended.signal.throwIfAborted();
      try {
        if (was === null) await makeFolders(files, path);
        else {
          const back = await bringBack(files, contents, { path, was, now }, ended.signal);
          if (back === "as before") outcome.asBefore++;
          else {
            if (back.as === path) outcome.inPlace++;
            else count(outcome.beside, { path, as: back.as });
            written.push(back.as);
          }
        }
        finished.push(id);
      } catch (error) {
        const isAboutOne = (error instanceof FilesError || error instanceof RemoteError) && !ENDS_ALL.has(error.code);
        if (!isAboutOne) throw error;
        count(outcome.missed, { path, why: error.message });
      }
      if (Date.now() - saved < SAVE_EVERY) return;
      saved = Date.now();
      await editable(row.user_id, row.instance_id);
      await save(row, outcome, finished);
    });
  }

  /** How far it is. The entry that was chosen is undone when all is: until then it can be tried again. */
  async function save(row: UndoRow, outcome: UndoOutcome, finished: string[]): Promise<void> {
    const undone = finished.splice(0).filter((id) => id !== row.entry_id);
    await records.save(row.id, { outcome }, undone);
    parts.events.tell(row.user_id, "undo", { instanceId: row.instance_id, isRunning: true });
  }

  /** To its end, whatever that is; what the server's end stops is left as it runs. */
  async function carry(job: Job): Promise<void> {
    const { row, outcome, finished } = job;
    let failure: string | null = null;
    try {
      const instance = await editable(row.user_id, row.instance_id);
      await mkdir(places.files(instance.id), { recursive: true });
      const files = openWorkspaceFiles(places, instance.id);
      await withKeptContents(parts, row.user_id, instance, (contents) => bringAllBack(job, { files, contents }));
    } catch (error) {
      if (ended.signal.aborted) return save(row, outcome, finished);
      failure = why(error);
      if (failure === UNEXPECTED) parts.log(`an undo in instance ${row.instance_id} failed: ${error}`);
    }
    const undone = new Set(finished);
    // Whenever it came back itself: it is undone when all is.
    if (failure === null && outcome.missed.count === 0) undone.add(row.entry_id);
    else undone.delete(row.entry_id);
    await records.save(row.id, { state: failure === null ? "done" : "failed", message: failure, outcome }, [...undone]);
    note(job, failure === null);
    parts.events.tell(row.user_id, "undo", { instanceId: row.instance_id, isRunning: false });
  }

  /** In the activity, and to the sessions there. */
  function note({ row, entry, written }: Job, isWhole: boolean): void {
    sync.announce(row.instance_id, [...written, entry.path]);
    const isFolderBack = entry.was === null && isWhole;
    if (written.length === 0 && !isFolderBack) return;
    const path = entry.was === null ? entry.path : (written[0] ?? entry.path);
    activity.note(row.user_id, row.instance_id, { action: "bring back", path, reason: reasonOf(entry) });
  }

  function carryOn(job: Job, letGo: () => void): void {
    job.carried = carry(job)
      // The database has failed: at the next start it is gone on with.
      .catch((error: unknown) => parts.log(`the undo ${job.row.id}: ${error}`))
      .finally(() => {
        running.delete(job.row.id);
        letGo();
      });
  }

  /** @throws RequestError when what it is about is being brought back already */
  function take(row: UndoRow, entry: ActivityRow, rows: readonly ActivityRow[], outcome: UndoOutcome): Job {
    const entries = new Set(rows.map(({ id }) => id));
    for (const other of running.values())
      if (rows.some(({ id }) => other.entries.has(id)))
        throw new RequestError(409, "undoing", "This is being undone already: the Activity page says how far it is.");
    const job = { ...{ row, entry, rows, entries, outcome }, written: [], finished: [], carried: Promise.resolve() };
    running.set(row.id, job);
    return job;
  }

  /** @param writeDown once nothing speaks against it. @throws RequestError; what `writeDown` throws: then it is not begun */
  async function start(
    row: UndoRow,
    entry: ActivityRow,
    rows: readonly ActivityRow[],
    outcome: UndoOutcome,
    writeDown?: () => Promise<void>,
  ): Promise<void> {
    const letGo = restoresUnderWay.hold(row.instance_id);
    try {
      const job = take(row, entry, rows, outcome);
      await writeDown?.();
      carryOn(job, letGo);
    } catch (error) {
      running.delete(row.id);
      letGo();
      throw error;
    }
  }

  /** What was deleted or replaced on the pages lies among the deleted items, and is there again in a moment. @throws FilesError */
  async function takeBackAtOnce(userId: string, instance: PlacedInstance, entry: ActivityRow): Promise<string> {
    const { path } = entry;
    const keptAs = entry.kept_as ?? "";
    const as = await openWorkspaceFiles(places, instance.id).bringBack(keptAs);
    await activity.lossIsOver(instance.id, keptAs, "undone");
    activity.note(userId, instance.id, { action: "bring back", path: as, reason: reasonOf(entry) });
    sync.announce(instance.id, [as]);
    const outcome = nothingYet();
    if (as === path) outcome.inPlace++;
    else count(outcome.beside, { path, as });
    return atOnce(userId, entry, outcome, []);
  }

  /** What was moved, on whichever side, goes back in the workspace, from where it syncs. @throws RequestError, FilesError */
  async function moveBack(userId: string, instance: PlacedInstance, entry: MoveRow): Promise<string> {
    const { path, from_path: from } = entry;
    if (await activity.hasLeft(entry))
      throw new RequestError(
        409,
        "moved-on",
        `${path} was deleted or moved again since: what is there now is another.`,
      );
    const files = openWorkspaceFiles(places, instance.id);
    await makeFolders(files, posix.dirname(from));
    await files.move(path, from);
    activity.note(userId, instance.id, { action: "move", path: from, from: path, reason: reasonOf(entry) });
    sync.announce(instance.id, [path, from]);
    return atOnce(userId, { ...entry, path: from }, { ...nothingYet(), inPlace: 1 }, [entry.id]);
  }

  /** An undo that has no more to do is written down. @param undone entries that are undone by it @returns its id */
  async function atOnce(userId: string, entry: ActivityRow, outcome: UndoOutcome, undone: readonly string[]) {
    const row: UndoRow = { ...newRow(userId, entry, outcome), state: "done", total: 1 };
    await records.add(row, undone);
    parts.events.tell(userId, "undo", { instanceId: entry.instance_id, isRunning: false });
    return row.id;
  }

  async function goOnWith(row: UndoRow): Promise<void> {
    // What could not be brought back is tried once more.
    const outcome = { ...(JSON.parse(row.outcome) as UndoOutcome), missed: nothingYet().missed };
    try {
      const entry = await activity.ownEntry(row.user_id, row.instance_id, row.entry_id);
      await start(row, entry, await rowsOf(entry), outcome);
    } catch (error) {
      parts.log(`the undo ${row.id} was not gone on with: ${error}`);
      await records.save(row.id, { state: "failed", message: why(error), outcome }, []);
    }
  }

  return {
    /** @returns the id of what goes on from then on @throws RequestError */
    async begin(userId: string, instance: PlacedInstance, entryId: string): Promise<string> {
      await editable(userId, instance.id);
      restoresUnderWay.check(instance.id);
      const onPages = await activity.doneOnPages(instance.id, entryId);
      const entry = onPages ?? (await activity.ownEntry(userId, instance.id, entryId));
      if (entry.undone_at !== null) throw new RequestError(409, "undone", "This was undone already.");
      if (!canBeUndone(entry))
        throw new RequestError(409, "nothing-lost", "This took nothing away that could come back.");
      if (isMove(entry)) return moveBack(userId, instance, entry);
      if (onPages !== undefined) return takeBackAtOnce(userId, instance, onPages);
      // Where nobody can be asked at all, that is the answer.
      await withAnyKeptVersions(links, userId, instance, async (_, whyNot) => {
        if (whyNot !== null && !(await parts.snapshots.hasAny(instance.id))) throw whyNot;
      });
      const rows = await rowsOf(entry);
      const outcome = nothingYet();
      const total = rows.filter(({ was }) => was !== null).length;
      const row: UndoRow = { ...newRow(userId, entry, outcome), state: "running", total };
      await start(row, entry, rows, outcome, () => records.add(row));
      return row.id;
    },
    /** Her own: those that run, and those whose end she has not put away. */
    async list(userId: string, instanceId: string): Promise<UndoTold[]> {
      const rows = await records.ofUser(userId, instanceId);
      return rows.map((row) => described(row, row.state === "running" ? running.get(row.id)?.outcome : undefined));
    },
    putAway: records.putAway,
    /** After a start, before any other begins: what was cut short. */
    async goOn(): Promise<void> {
      for (const row of await records.running()) await goOnWith(row);
    },
    /** What is under way stops where it is. */
    async close(): Promise<void> {
      ended.abort();
      await Promise.all([...running.values()].map(({ carried }) => carried));
    },
  };
}

function newRow(userId: string, { id, instance_id, path }: ActivityRow, outcome: UndoOutcome) {
  const begun = { id: randomUUID(), begun_at: new Date().toISOString(), message: null };
  return { ...begun, instance_id, user_id: userId, entry_id: id, path, outcome: JSON.stringify(outcome) };
}

interface Job {
  readonly row: UndoRow;
  readonly entry: ActivityRow;
  readonly rows: readonly ActivityRow[];
  readonly entries: ReadonlySet<string>;
  readonly outcome: UndoOutcome;
  /** Paths of what has come back. */
  readonly written: string[];
  /** Entries that are undone, and not written down as such. */
  readonly finished: string[];
  carried: Promise<void>;
}

const WHAT: Readonly<Record<string, string>> = { delete: "deletion", move: "move" };
const reasonOf = ({ action }: ActivityRow) => `its ${WHAT[action] ?? "overwriting"} was undone`;

const UNEXPECTED = "Something went wrong on the server. It was noted in its log.";

function why(error: unknown): string {
  const isTold = error instanceof RequestError || error instanceof RemoteError || error instanceof FilesError;
  return isTold ? error.message : UNEXPECTED;
}

export type Undo = ReturnType<typeof createUndo>;
