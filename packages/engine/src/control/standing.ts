import type { Parked } from "../plan/operation.ts";
import type { NodeId } from "../ports/values.ts";
import type { EngineStatus } from "../status.ts";
import type { Board } from "./board.ts";
import type { Situation } from "./situation.ts";
import { unheardInWords } from "./unheard.ts";
import type { Works } from "./works.ts";

const LAST_SYNCED = "lastSyncedAt";

type Described = readonly [state: EngineStatus["state"], message: string | null];

/** How things stand: whether there is anything left to do, and what people are told. */
export function createStanding(works: Works, situation: Situation, board: Board) {
  const { store, clock, observer, hashing, changes, inFlight, underWay, planning, backlog, guard, troubles, problems } =
    works;
  let lastSyncedAt = store.readMeta(LAST_SYNCED);

  /** Whether all was looked at, and nothing is left that could be done without a person. */
  function isIdle(): boolean {
    const { outlook } = situation;
    const diskWasLookedAt = !observer.pending() && observer.missing.size === 0 && !hashing.busy();
    if (situation.remoteRootGone) return inFlight.size === 0 && diskWasLookedAt;
    return (
      inFlight.size === 0 &&
      outlook.ready.length === 0 &&
      outlook.waiting.length === 0 &&
      backlog.total().files === 0 &&
      outlook.unsettled.every(works.isFailing) &&
      !situation.readRemote &&
      changes.complete() &&
      diskWasLookedAt
    );
  }

  function isQuiet(): boolean {
    return isIdle() && guard.held().length === 0 && !situation.remoteRootGone && !troubles.any();
  }

  /** What stays out of sync for now, whether or not it is planned anew each time. */
  function* parked(): Generator<Parked> {
    yield* planning.parked.values();
    yield* situation.outlook.stuck;
  }

  function countNotSynced(): number {
    let count = problems().size;
    for (const { why } of parked()) if (why.kind === "not synced") count++;
    return count;
  }

  function publish(quiet: boolean): void {
    const { outlook, paused } = situation;
    if (quiet && !paused) {
      lastSyncedAt = new Date(clock.now()).toISOString();
      store.writeMeta(LAST_SYNCED, lastSyncedAt);
      board.restartProgress();
    }
    // What was just begun is among what was ready.
    const planned = [...outlook.ready, ...outlook.waiting].filter(({ node }) => !underWay.has(node));
    const operations = [...underWay.values(), ...planned];
    const up = operations.filter((operation) => operation.side === "remote").length;
    const notSynced = countNotSynced();
    const conflicts = works.conflictCopies.all().size;
    const [state, message] = describe(quiet, conflicts, notSynced);
    const pending = {
      up: up + outlook.unsettled.length + backlog.count("remote"),
      down: operations.length - up + backlog.count("local"),
    };
    const status = {
      state,
      message,
      pending,
      conflicts,
      notSynced,
      held: guard.held().length,
      folderGone: situation.remoteRootGone,
      lastSyncedAt,
      ignoreProblems: works.ignoreFile.rules().problems,
      unheard: unheardInWords(works.mounts.shares(), observer.foundWithin()),
      delays: works.delays.figures(),
    };
    board.publish(status, backlog.total());
  }

  function describe(quiet: boolean, conflicts: number, notSynced: number): Described {
    const trouble = troubles.describe();
    if (trouble?.state === "reconnect") return [trouble.state, trouble.message];
    if (situation.remoteRootGone) {
      const otherwise = works.oneWay ? "leave it so" : "apply the deletion here too";
      const message = `The folder is gone from Dropbox. Bring it back from the files here, or ${otherwise}.`;
      return ["needs attention", message];
    }
    if (situation.paused) return ["paused", null];
    if (trouble !== null) return [trouble.state, trouble.message];
    const held = guard.held().length;
    if (held > 0)
      return ["needs attention", `${held} deletions are held back until you apply them or bring the files back.`];
    if (!quiet) return ["syncing", null];
    if (conflicts > 0 || notSynced > 0) {
      const words = [
        ...(conflicts > 0 ? [`${conflicts} conflict ${conflicts === 1 ? "copy" : "copies"}`] : []),
        ...(notSynced > 0 ? [`${notSynced} not synced`] : []),
      ];
      return ["needs attention", `${words.join(", ")}. Everything else is up to date.`];
    }
    return ["up to date", unwatchedMessage()];
  }

  function unwatchedMessage(): string | null {
    const count = observer.unwatched();
    if (count === 0) return null;
    const folders = count === 1 ? "1 folder is" : `${count} folders are`;
    return `${folders} looked at every few seconds, for want of watches: raise fs.inotify.max_user_watches.`;
  }

  return {
    isIdle,
    isQuiet,
    parked,
    parkedAs: (id: NodeId): Parked | undefined =>
      planning.parked.get(id) ?? situation.outlook.stuck.find(({ node }) => node === id),
    publish,
    lastSyncedAt: () => lastSyncedAt,
  };
}

export type Standing = ReturnType<typeof createStanding>;
