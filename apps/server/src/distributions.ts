import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Strategy } from "@twinfold/api";
import {
  distribute,
  FilesError,
  forgetTurn,
  isBegun,
  openStage,
  putOnStage,
  SnapshotError,
  type Stage,
  type TargetOutcome,
} from "@twinfold/workspaces";
import type { Kysely } from "kysely";
import type { ActivityLog } from "./activity-log.ts";
import type { Database } from "./database/schema.ts";
import { entriesOf, entriesOfUndo } from "./distribution-activity.ts";
import type { DistributionNotices } from "./distribution-notices.ts";
import { createDistributionRecords, isUndoable } from "./distribution-records.ts";
import type { Hierarchy, PlacedInstance } from "./hierarchy.ts";
import type { Links } from "./links.ts";
import type { LiveEvents } from "./live-events.ts";
import { namedInWords } from "./named-in-words.ts";
import type { Places } from "./places.ts";
import type { RestoredDeletions } from "./restored-deletions.ts";
import type { Restored, Restores } from "./restores.ts";
import type { RestoresUnderWay } from "./restores-under-way.ts";
import { RequestError } from "./server-error.ts";
import type { SyncManager } from "./sync-manager.ts";

/** What a user has chosen. */
export interface DistributionWish {
  readonly paths: readonly string[];
  readonly snapshotId?: string | undefined;
  readonly targets: readonly string[];
  readonly strategy: Strategy;
  readonly notify: boolean;
}

/** Targets in which a distribution is undone at the same time: most of that is waiting for what Dropbox still has. */
const UNDONE_AT_ONCE = 4;

/** What became of the undo in one of several targets: `done`, or why not. */
export interface UndoneTarget {
  readonly instanceId: string;
  readonly done: Restored | null;
  readonly problem: string | null;
}

const HALF_WAY =
  "It stopped half way; it is gone on with when the server next starts. Whoever runs it finds why in its log.";

/**
 * Distributions: put on a stage at once, then carried to one target after the other, while applications and sessions go on
 * there. What the server's end cuts short is gone on with at its next start.
 */
export function createDistributions(parts: {
  readonly database: Kysely<Database>;
  readonly hierarchy: Hierarchy;
  readonly places: Places;
  readonly links: Links;
  readonly sync: SyncManager;
  readonly restores: Restores;
  readonly restoredDeletions: RestoredDeletions;
  readonly restoresUnderWay: RestoresUnderWay;
  readonly notices: DistributionNotices;
  readonly activity: ActivityLog;
  readonly events: LiveEvents;
  readonly log: (message: string) => void;
}) {
  const { hierarchy, places, sync, restores, restoredDeletions } = parts;
  const records = createDistributionRecords(parts.database, hierarchy);
  const running = new Set<Promise<void>>();
  const ended = new AbortController();
  const stageOf = (id: string) => join(places.distribution(id), "stage");
  const turnOf = (id: string, instanceId: string) => join(places.distribution(id), instanceId);

  /** @throws RequestError 404 for what the user can't see, 403 for what she may not change */
  async function editable(userId: string, instanceId: string): Promise<PlacedInstance> {
    const instance = await hierarchy.instance(userId, instanceId);
    if (instance.role === "editor") return instance;
    throw new RequestError(403, "viewer", `You may look at the files of ${instance.name}, but not change them.`);
  }

  /** Everybody whose Dropbox is to follow. */
  async function linkedIn(instanceId: string): Promise<string[]> {
    const users = await hierarchy.usersOf({ level: "instance", id: instanceId });
    const linked = await Promise.all(users.map((user) => parts.links.isLinked(user)));
    return users.filter((_, at) => linked[at]);
  }

  type Distribution = NonNullable<Awaited<ReturnType<typeof records.find>>>;

  /** What all targets of a distribution are given. */
  interface Load {
    readonly distribution: Distribution;
    readonly stage: Stage;
    /** Where it comes from, as the target's members read it at the safety snapshot. */
    readonly note: string;
  }

  async function turn({ distribution, stage, note }: Load, instanceId: string): Promise<void> {
    const { id, strategy, user_id: userId } = distribution;
    const folder = turnOf(id, instanceId);
    const say = () => parts.events.tell(userId, "distribution", { instanceId });
    await records.set(id, instanceId, "working");
    say();
    try {
      // She may have lost the role while others had their turn; what has begun is done whole.
      if (!isBegun(folder)) await editable(userId, instanceId);
      const done = await distribute({
        ...{ stage, strategy, folder, signal: ended.signal },
        root: places.files(instanceId),
        snapshots: await restores.of(instanceId),
        note,
        meant: async (gone) => {
          if (gone.length === 0) return;
          const users = await linkedIn(instanceId);
          await parts.database.transaction().execute(async (transaction) => {
            for (const user of users) await restoredDeletions.add(user, instanceId, gone, transaction);
          });
        },
      });
      await records.finish(id, instanceId, done);
      forgetTurn(folder);
      // Not before: a turn that is not forgotten is gone on with after a kill, and would be noted twice.
      for (const one of entriesOf(distribution, note, done)) parts.activity.note(userId, instanceId, one);
      await tellAll(distribution, instanceId, done).catch((error: unknown) => parts.log(`${instanceId}: ${error}`));
    } catch (error) {
      if (ended.signal.aborted) throw error;
      // Whatever of it was done.
      if (isBegun(folder)) sync.announce(instanceId, [""]);
      await records.set(id, instanceId, "failed", isBegun(folder) ? HALF_WAY : why(error, "Nothing was changed."));
      parts.log(`a distribution to instance ${instanceId} failed: ${error}`);
    }
    say();
  }

  /** The sessions there look at once; and the members are told, if that is wanted. */
  async function tellAll(distribution: Distribution, instanceId: string, done: TargetOutcome): Promise<void> {
    // By what lies at the top: there may be very many, and the rest is found below.
    const tops = new Set([...done.touched.keys()].map((path) => path.split("/")[0] ?? ""));
    sync.announce(
      instanceId,
      [...tops].map((top) => Buffer.from(top, "latin1").toString("utf8")),
    );
    // What her user has had removed is no question to them.
    for (const user of done.removed.length > 0 ? sync.usersIn(instanceId) : []) {
      const session = sync.session(user, instanceId);
      if (session !== null) await restoredDeletions.attend(user, instanceId, session);
    }
    if (distribution.notify && done.touched.size > 0)
      await parts.notices.tell(distribution.id, instanceId, distribution.user_id);
  }

  async function sourceOf({ source_id: sourceId }: Distribution): Promise<string> {
    const path = await hierarchy.remotePathOf({ level: "instance", id: sourceId });
    return path.split("/").slice(2).join(" › ");
  }

  async function carry(id: string): Promise<void> {
    const distribution = await records.find(id);
    if (distribution === undefined || !existsSync(join(stageOf(id), "stage.json"))) {
      rmSync(places.distribution(id), { recursive: true, force: true });
      return;
    }
    const load = { distribution, stage: openStage(stageOf(id)), note: await sourceOf(distribution) };
    let whole = true;
    for (const { instance_id: target, state } of await records.targetsOf(id)) {
      if (state === "waiting" || state === "working" || isBegun(turnOf(id, target))) await turn(load, target);
      whole &&= !isBegun(turnOf(id, target));
    }
    if (whole) rmSync(places.distribution(id), { recursive: true, force: true });
  }

  function carryOn(id: string): void {
    // Then it waits for the next start.
    if (ended.signal.aborted) return;
    const carried: Promise<void> = carry(id)
      .catch((error: unknown) => {
        if (!ended.signal.aborted) parts.log(`distribution ${id}: ${error}`);
      })
      .finally(() => running.delete(carried));
    running.add(carried);
  }

  /** @throws RequestError 404 for another's, too */
  async function own(userId: string, source: PlacedInstance, id: string): Promise<Distribution> {
    const distribution = await records.find(id);
    if (distribution?.user_id === userId && distribution.source_id === source.id) return distribution;
    throw noneSuch();
  }

  async function undoIn(distribution: Distribution, targetId: string): Promise<Restored> {
    const { id, user_id: userId } = distribution;
    const target = await records.undoing(id, targetId);
    if (target === undefined) throw noneSuch();
    const instance = await editable(userId, targetId);
    if (target.safety_id === null || !isUndoable(target)) throw nothingToUndo();
    const from = await sourceOf(distribution);
    const done = await restores.restore(userId, instance, target.safety_id, { where: target.touched });
    await records.set(id, targetId, "undone", inWords(done));
    for (const one of entriesOfUndo(distribution, from, done.left.length)) parts.activity.note(userId, targetId, one);
    parts.events.tell(userId, "distribution", { instanceId: targetId });
    return done;
  }

  return {
    list: records.list,
    /** @returns its id, once all is on the stage; targets have their turn from then on @throws RequestError, FilesError, SnapshotError */
    async begin(userId: string, source: PlacedInstance, wish: DistributionWish): Promise<string> {
      const { notify, paths, strategy } = wish;
      const targets = [...new Set(wish.targets)];
      for (const target of targets) await editable(userId, target);
      if (wish.snapshotId === undefined) {
        if (targets.includes(source.id))
          throw new RequestError(400, "own-instance", "The files are in this instance already: choose another one.");
        parts.restoresUnderWay.check(source.id);
      }
      const id = randomUUID();
      const stage = await putOnStage({
        root: places.files(source.id),
        snapshots: await restores.of(source.id),
        snapshotId: wish.snapshotId ?? null,
        ...{ paths, folder: stageOf(id) },
      });
      const row = { id, user_id: userId, source_id: source.id, strategy, notify, links: stage.links.length };
      await records.add({ ...row, paths: JSON.stringify(paths) }, targets);
      carryOn(id);
      return id;
    },
    /** In one target: as it was, but for what somebody has changed since. @throws RequestError, SnapshotError */
    async undo(userId: string, source: PlacedInstance, id: string, targetId: string): Promise<Restored> {
      return undoIn(await own(userId, source, id), targetId);
    },
    /** In each target in which there is something to undo; one that can't be keeps none of the others from it. @throws RequestError */
    async undoInAll(userId: string, source: PlacedInstance, id: string): Promise<UndoneTarget[]> {
      const distribution = await own(userId, source, id);
      const undoable = (await records.targetsOf(id)).filter(isUndoable);
      if (undoable.length === 0) throw nothingToUndo();
      const undone: UndoneTarget[] = [];
      const waiting = undoable.values();
      const inTurn = async () => {
        for (const { instance_id: instanceId } of waiting) {
          try {
            undone.push({ instanceId, done: await undoIn(distribution, instanceId), problem: null });
          } catch (error) {
            parts.log(`a distribution to instance ${instanceId} could not be undone: ${error}`);
            undone.push({
              instanceId,
              done: null,
              problem: why(error, "How it was before is among its snapshots."),
            });
          }
        }
      };
      await Promise.all(Array.from({ length: UNDONE_AT_ONCE }, inTurn));
      return undone;
    },
    /** After a start, before any other begins: what was cut short. */
    goOn(): void {
      const folder = places.allDistributions;
      for (const id of existsSync(folder) ? readdirSync(folder) : []) carryOn(id);
    },
    /** What is under way stops where it is. */
    async close(): Promise<void> {
      ended.abort();
      await Promise.all(running);
    },
  };
}

/** What an undo has left; null when that is nothing. */
function inWords({ left, refused }: Restored): string | null {
  const sentences: string[] = [];
  if (left.length > 0) sentences.push(`Changed since, and left as it is: ${namedInWords(left)}.`);
  const closed = refused.map(({ path, why }) => `${path} (${why})`);
  if (refused.length > 0) sentences.push(`Could not be brought back: ${namedInWords(closed)}.`);
  return sentences.length === 0 ? null : sentences.join(" ");
}

const noneSuch = () => new RequestError(404, "not-found", "There is no such distribution.");
const nothingToUndo = () =>
  new RequestError(409, "not-undoable", "There is nothing to undo there, or it was undone already.");

/** @param then what is to be said where nobody knows more */
function why(error: unknown, then: string): string {
  if (error instanceof RequestError || error instanceof SnapshotError || error instanceof FilesError)
    return error.message;
  return `Something went wrong on the server. It was noted in its log. ${then}`;
}

export type Distributions = ReturnType<typeof createDistributions>;
