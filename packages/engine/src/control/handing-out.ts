import { IGNORE_FILE } from "../ignore-file.ts";
import { inLimbo } from "../observe/limbo.ts";
import type { Operation } from "../plan/operation.ts";
import { NOTHING } from "../plan/planning-round.ts";
import { type NodeId, ROOT } from "../ports/values.ts";
import type { Alarm } from "./alarm.ts";
import type { Board } from "./board.ts";
import { createGathering } from "./gathering.ts";
import { nestedFolders } from "./nested-folders.ts";
import type { Situation } from "./situation.ts";
import { soonest } from "./soonest.ts";
import type { Works } from "./works.ts";

/** Plans, and hands out what is ready. */
export function createHandingOut(works: Works, situation: Situation, board: Board, alarm: Alarm) {
  const {
    store,
    clock,
    changes,
    planning,
    backlog,
    guard,
    observer,
    failures,
    unanswered,
    hashing,
    inFlight,
    underWay,
    carriers,
    troubles,
  } = works;
  let waitsForRules = false;
  const gathering = createGathering(clock, hashing, underWay, works.stream);

  /** Lets others have their turn between the parts of it: a first sync is about all files that there are. */
  async function plan(signal?: AbortSignal): Promise<void> {
    const isKnown = () => changes.complete() && works.ignoreFile.unread() === null;
    if (isKnown()) {
      works.left.prune();
      for (const _ of inParts()) {
        await clock.sleep(0, signal);
        if (signal?.aborted || !isKnown()) break;
      }
    }
    if (isKnown()) {
      planRest();
      if (backlog.letIn()) planRest();
      backlog.planned();
    } else situation.outlook = NOTHING;
  }

  /** What can be done about each changed node by itself, or be put off, so that the plan is about the rest. */
  function* inParts(): Generator<void, void, void> {
    yield* planning.agreeOnAlike();
    yield* backlog.hold();
  }

  function planRest(): void {
    const { ready, waiting, stuck, unsettled } = planning.run();
    for (const id of unsettled) {
      // What is missing is looked for by its second look, not by reading it again and again.
      if (hashing.expects(id) || works.isAway(id) || observer.missing.has(id)) continue;
      const node = store.local.get(id);
      if (node?.kind !== "file" || node.hash !== null || inLimbo(store.local, node)) continue;
      hashing.want(id, node.mtime, false);
    }
    const pending = [...ready, ...waiting];
    const toTry = new Set([...pending.map(({ node }) => node), ...unsettled]);
    const isStuck = new Set(stuck.map(({ node }) => node));
    const isOver = (id: NodeId) => !toTry.has(id) && !inFlight.has(id) && !backlog.has(id);
    // What is stuck is not tried: how that failed before says nothing any more.
    failures.forget(isOver);
    unanswered.forget((id) => isOver(id) && !isStuck.has(id));
    if (guard.review(pending, [...underWay.values()])) {
      planRest();
      return;
    }
    const holds = new Set(guard.held());
    const isFree = (operation: Operation) => !holds.has(operation);
    situation.outlook = { ready: ready.filter(isFree), waiting: waiting.filter(isFree), stuck, unsettled };
  }

  /** What may be begun now, seen as a whole: not while paused, and not what the present trouble forbids. */
  function mayBegin(operation: Operation): boolean {
    if (situation.paused || !guard.mayBegin(operation)) return false;
    const needsRemote = operation.side === "remote" || operation.kind === "transfer";
    if (needsRemote && (troubles.remoteRests() || situation.remoteRootGone)) return false;
    if (operation.side === "remote" && operation.kind === "transfer" && troubles.remoteFull()) return false;
    if (operation.side === "local" && operation.kind !== "delete" && troubles.diskIsFull()) return false;
    return true;
  }

  async function handOut(signal: AbortSignal): Promise<void> {
    const begun: Operation[] = [];
    // The ignore file goes first, and alone, until it has arrived: it decides about the rest.
    const isOfRules = (one: Operation) => one.parent === ROOT && one.name === IGNORE_FILE && one.kind === "transfer";
    waitsForRules = situation.rulesAreOld || [...underWay.values()].some(isOfRules);
    if (waitsForRules) return;
    const { ready, waiting } = situation.outlook;
    const ofRules = ready.filter(isOfRules);
    const first = ofRules.length > 0 ? ofRules : ready;
    const recognized = works.folderCopies.recognized([...first, ...nestedFolders(first, waiting)]);
    for (const operation of gathering.gathered({ ready: recognized, waiting })) {
      if (!mayBegin(operation) || !inFlight.begin(operation)) continue;
      guard.begins(operation);
      underWay.set(operation.node, operation);
      works.delays.begins(operation);
      store.changed.delete(operation.node);
      if (operation.kind === "transfer") {
        const source = operation.side === "local" ? store.remote.get(operation.node) : store.local.get(operation.node);
        board.transferBegins(source?.size ?? 0);
      }
      begun.push(operation);
    }
    await carriers.carry(begun, signal, (reason) => {
      situation.defect ??= reason;
      alarm.ring();
    });
  }

  return {
    plan,
    handOut,
    /** Milliseconds until what waits for company, for more of a folder, or for room, may go; null when nothing does. */
    nextTry(): number | null {
      if (waitsForRules) return null;
      const hasRoom = situation.outlook !== NOTHING && backlog.isDue();
      return soonest([gathering.nextTry(), works.folderCopies.nextTry(), hasRoom ? 1 : null]);
    },
  };
}

export type HandingOut = ReturnType<typeof createHandingOut>;
