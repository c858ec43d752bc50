import { actionOf } from "../action-of.ts";
import type { EngineParts } from "../engine-parts.ts";
import { agreeOnArrival } from "../execute/adjust.ts";
import { createCarriers } from "../execute/carriers.ts";
import { createFailures } from "../execute/failures.ts";
import { createInFlight } from "../execute/in-flight.ts";
import { createUnanswered } from "../execute/unanswered.ts";
import { createGate, createLock } from "../gate.ts";
import { createIgnoreFile, IGNORE_PATH } from "../ignore-file.ts";
import { createChangesReader } from "../observe/changes-reader.ts";
import { createEpoch } from "../observe/epoch.ts";
import { createHashing } from "../observe/hashing.ts";
import { createLeftItems } from "../observe/left-items.ts";
import { inLimbo } from "../observe/limbo.ts";
import { createLocalObserver } from "../observe/local-observer.ts";
import { createMounts } from "../observe/mounts.ts";
import { createRewritten } from "../observe/rewritten.ts";
import { createStateMark } from "../observe/state-mark.ts";
import { createStrays, markOf } from "../observe/strays.ts";
import type { Operation } from "../plan/operation.ts";
import { createPlanningRound } from "../plan/planning-round.ts";
import { slotOf } from "../plan/slots.ts";
import type { Watcher } from "../ports/file-system.ts";
import { nodeAt, pathOf } from "../ports/store.ts";
import {
  type Fingerprint,
  type NodeId,
  parentPath,
  type RelativePath,
  ROOT,
  ROOT_PATH,
  type Seconds,
} from "../ports/values.ts";
import type { EngineSettings } from "../settings.ts";
import type { Alarm } from "./alarm.ts";
import { createBacklog } from "./backlog.ts";
import type { Board } from "./board.ts";
import { createConflictCopies } from "./conflict-copies.ts";
import { createDelays } from "./delays.ts";
import { createFolderCopies } from "./folder-copies.ts";
import { createDeletionGuard } from "./guard.ts";
import type { Situation } from "./situation.ts";
import { createStream } from "./stream.ts";
import { createTroubles } from "./troubles.ts";

/** Hashes still to come that are too few to wait for. */
export const FEW = 8;
/** The shortest pause between two plans while many files are hashed, in milliseconds. */
const SOON = 20;
export const GONE_MOUNT =
  "the disk that was mounted here is gone: what was on it is left alone until it is back, or the folder here is deleted";

/** Puts observers, planner, guard and executors together: who tells whom of what. */
export function createWorks(
  parts: EngineParts,
  settings: EngineSettings,
  { situation, alarm, board }: { readonly situation: Situation; readonly alarm: Alarm; readonly board: Board },
) {
  const { fileSystem, remote, store, clock } = parts;
  const gate = createGate();
  const lock = createLock();
  const failures = createFailures(store, clock, parts.randomness);
  const unanswered = createUnanswered(remote.names.key, store.synced);
  const inFlight = createInFlight(store);
  const ignoreFile = createIgnoreFile(fileSystem, parts.compileIgnore);
  const rewritten = createRewritten(store);
  const changes = createChangesReader(store, remote, gate, {
    rewritten,
    sent: { to: unanswered.sentTo, arrived: (id) => agreeOnArrival(store, remote.names, id, now()) },
  });
  const epoch = createEpoch(store, settings);
  const stream = createStream(clock);
  const troubles = createTroubles(clock);
  const left = createLeftItems(store);
  const mounts = createMounts(store, fileSystem);
  const mark = markOf(store, parts.randomness);
  const strays = createStrays(store, clock, mark);
  const conflictCopies = createConflictCopies(store);
  const underWay = new Map<NodeId, Operation>();
  /** Folders that the disk would not give up, and as what they were then. */
  const kept = new Map<NodeId, Fingerprint>();
  const obstructed = new Set<NodeId>();
  const takenNames = new Set<string>();
  const watching: { watcher: Watcher | null } = { watcher: null };
  /** How long the last cycle of the loop took, in milliseconds. */
  const pace = { cycleTook: 0 };
  let wakesSoon = false;
  const now = (): Seconds => Math.floor(clock.now() / 1000);

  const lookAgain = (folder: RelativePath) => {
    observer.hint([{ kind: "folder", path: folder }]);
    alarm.ring();
  };

  /** With many hashes to come, planning after each would cost more than hashing: plan less often, the longer it takes. */
  function hashed(): void {
    if (hashing.backlog() <= FEW) {
      alarm.ring();
      return;
    }
    if (wakesSoon) return;
    wakesSoon = true;
    void clock.sleep(Math.max(SOON, 2 * pace.cycleTook)).then(() => {
      wakesSoon = false;
      alarm.ring();
    });
  }

  const largest = remote.names.maximumFileSize;
  const hashing = createHashing({
    ...{ fileSystem, store, clock, lock, largest, lookAgain },
    progressed: hashed,
    foundUnheard: (folder) => {
      observer.foundUnheard(folder);
      alarm.ring();
    },
  });
  const folderCopies = createFolderCopies({
    store,
    clock,
    names: remote.names,
    rules: ignoreFile.rules,
    pace,
    fewestFiles: settings.fewestFilesOfCopy,
  });
  const observer = createLocalObserver({
    fileSystem,
    store,
    names: remote.names,
    clock,
    lock,
    hashing,
    rules: ignoreFile.rules,
    left,
    mounts,
    rewritten,
    watcher: () => watching.watcher,
    rescanEvery: settings.rescanEvery,
  });
  const looksDone = () => observer.missing.size === 0 && !observer.pending();
  const guard = createDeletionGuard({
    store,
    clock,
    limits: settings.deletionLimits,
    looksDone,
  });

  const isPlaceless = (id: NodeId): boolean => {
    const node = store.local.get(id);
    return node !== undefined && inLimbo(store.local, node);
  };
  /** Whether it lies on a disk that is mounted inside the root, and is gone just now. */
  const isAway = (id: NodeId): boolean =>
    mounts.gone().length > 0 && store.local.get(id) !== undefined && mounts.isAway(pathOf(store.local, id));

  /** Why something about this node could not be done, for people. */
  const problemOf = (id: NodeId): string | undefined => failures.reasonOf(id) ?? hashing.problemOf(id);
  /** Whether nothing can be done about it for now. */
  const isFailing = (id: NodeId): boolean => problemOf(id) !== undefined || isAway(id);

  const delays = createDelays({
    clock,
    trees: store,
    situation,
    underWay,
    isFailing,
    isHindered: () => situation.paused || situation.remoteRootGone || troubles.any() || !changes.complete(),
    looksDone,
  });

  /** All that could not be done, and why. */
  function problems(): ReadonlyMap<NodeId, string> {
    const away = mounts.gone().flatMap((path) => {
      const node = nodeAt(store.local, ROOT, path, remote.names.key);
      return node === undefined ? [] : [[node.id, GONE_MOUNT] as const];
    });
    return new Map([...hashing.problems(), ...failures.reasons(), ...away]);
  }

  const planning = createPlanningRound({
    store,
    remote,
    rules: ignoreFile.rules,
    unknown: {
      has: (id) =>
        observer.missing.has(id) ||
        inFlight.has(id) ||
        failures.waiting(id) ||
        hashing.problemOf(id) !== undefined ||
        isPlaceless(id) ||
        isAway(id) ||
        strays.has(id),
    },
    placeless: { has: (id) => isPlaceless(id) || isAway(id) },
    obstructed,
    takenNames,
    left,
    keptOnDisk: { has: (id) => kept.has(id) && kept.get(id) === store.local.get(id)?.fingerprint },
    unanswered,
    rewritten,
    failing: { has: isFailing },
    released: (id) => {
      obstructed.delete(id);
      if (!isPlaceless(id)) lookAgain(parentPath(pathOf(store.local, id)));
    },
    parted: (from, to) => {
      if (obstructed.delete(from)) obstructed.add(to);
    },
    oneWay: settings.oneWay,
    agreedAtATime: settings.agreedAtATime,
    // Of those who only look the disk's go first in any case.
    restored: () => (settings.oneWay ? null : epoch.restored()),
    mark,
    day: () => localDay(clock.now()),
    now,
  });

  const backlog = createBacklog({
    store,
    situation,
    underWay,
    settings,
    isTried: (id) => failures.waiting(id) || isFailing(id),
    putOff: planning.putOff,
    isFailing,
  });

  const carriers = createCarriers({
    fileSystem,
    remote,
    store,
    now,
    gate,
    lock,
    failures,
    unanswered,
    mark,
    lookAgain,
    lookInto: (path) => {
      observer.hint([{ kind: "subtree", path }]);
      alarm.ring();
    },
    written: changes.written,
    expect: changes.expect,
    rules: ignoreFile.rules,
    takeAlong: inFlight.takeAlong,
    onCopyRefused: folderCopies.refuse,
    refresh: changes.read,
    readChanges: () => {
      situation.readRemote = true;
      alarm.ring();
    },
    onTrouble: (error) => {
      troubles.remote(error);
      alarm.ring();
    },
    onDiskFull: () => troubles.diskFull(),
    onKept: (id, fingerprint) => kept.set(id, fingerprint),
    // It was moved, not deleted: no person is to be asked about it.
    onGivenUp: (id) => guard.approve(id),
    isLeftOut: planning.isLeftOut,
    awayNow: mounts.awayNow,
    hashAgain: hashing.check,
    explainTaken: async (operation, target) => {
      if (operation.copy !== undefined) {
        takenNames.add(slotOf(operation.parent, remote.names.key(operation.name)));
        return null;
      }
      const rules = ignoreFile.rules();
      const kind = store.local.get(operation.node)?.kind === "folder" ? "folder" : "file";
      if (operation.kind === "move" && rules.match(target, kind) !== null) {
        obstructed.add(operation.node);
        return null;
      }
      const there = await fileSystem.stat(target).catch(() => null);
      if (there === null || there.kind === "special") return null;
      const rule = rules.match(target, there.kind);
      return rule === null
        ? null
        : `its name is taken on disk by something that is ignored (${rule.pattern}): rename that, or change the rule`;
    },
    progress: (_, bytes) => board.transferMoves(bytes),
    done: (operation, outcome) => {
      const { path, from } = outcome;
      delays.done(operation);
      if (operation.copy !== undefined) conflictCopies.add(operation.node);
      // What is in a folder may be ignored, or not any more, where that is now.
      const moved = operation.kind === "move" ? store[operation.side].get(operation.node) : undefined;
      if (moved?.kind === "folder") planning.reconsiderParked();
      if (operation.side === "local" && [path, from].includes(IGNORE_PATH)) {
        situation.rulesAreOld = true;
        lookAgain(ROOT_PATH);
      }
      board.record({
        side: operation.side,
        action: actionOf(operation),
        reason: operation.reason,
        ...outcome,
      });
    },
    ended: (operation) => {
      // What came of it, or did not, is for the next plan to see.
      for (const id of inFlight.end(operation.node)) store.changed.add(id);
      underWay.delete(operation.node);
      delays.ended(operation);
      if (operation.kind === "transfer") board.transferEnds();
      alarm.ring();
    },
  });

  return {
    store,
    clock,
    remote,
    stateMark: createStateMark(store, fileSystem, parts.randomness),
    hashing,
    observer,
    changes,
    rewritten,
    epoch,
    ignoreFile,
    mounts,
    left,
    strays,
    watching,
    planning,
    backlog,
    guard,
    failures,
    unanswered,
    inFlight,
    underWay,
    carriers,
    gate,
    troubles,
    stream,
    folderCopies,
    conflictCopies,
    delays,
    pace,
    oneWay: settings.oneWay,
    isAway,
    isFailing,
    problemOf,
    problems,
  };
}

export type Works = ReturnType<typeof createWorks>;

/** The day by the machine's own calendar, `YYYY-MM-DD`. */
function localDay(milliseconds: number): string {
  const date = new Date(milliseconds);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
