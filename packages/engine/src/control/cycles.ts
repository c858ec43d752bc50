import { NOTHING } from "../plan/planning-round.ts";
import { FileSystemError } from "../ports/file-system.ts";
import { ROOT_PATH } from "../ports/values.ts";
import type { Alarm } from "./alarm.ts";
import type { HandingOut } from "./handing-out.ts";
import type { Looking } from "./looking.ts";
import type { Situation } from "./situation.ts";
import type { Standing } from "./standing.ts";
import type { Works } from "./works.ts";

/** How often a root that can't be believed is looked at again, in milliseconds. */
export const ROOT_AGAIN = 2_000;
/** The longest sleep when nothing falls due, in milliseconds. */
const LONGEST_REST = 60_000;

interface CyclesParts {
  readonly works: Works;
  readonly situation: Situation;
  readonly alarm: Alarm;
  readonly looking: Looking;
  readonly handing: HandingOut;
  readonly standing: Standing;
  /** Milliseconds between two looks at everything. */
  readonly sweepEvery: number;
}

/** Looks at both sides, plans, hands out what is ready, and rests until there is a reason to look again; over and over. */
export function createCycles({ works, situation, alarm, looking, handing, standing, sweepEvery }: CyclesParts) {
  const { clock, observer, hashing, rewritten, epoch, strays, guard, failures, troubles, stateMark } = works;
  const waiters: { readonly from: number; readonly resolve: (quiet: boolean) => void }[] = [];
  let done = 0;
  let isLooking = false;
  let nextSweep = 0;
  let renewMark = false;

  async function cycle(signal: AbortSignal): Promise<void> {
    const now = clock.monotonic();
    if (now >= nextSweep) {
      observer.hint([{ kind: "subtree", path: ROOT_PATH }]);
      nextSweep = now + sweepEvery;
      renewMark = true;
    }
    try {
      if (renewMark) await stateMark.renew();
      renewMark = false;
      await looking.lookAtDisk(signal);
      hashing.start(signal);
      troubles.rootIsThere();
      await looking.lookAtRemote(signal);
      await handing.plan(signal);
      works.delays.planned(now);
      await handing.handOut(signal);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof FileSystemError)) throw error;
      // Nothing on disk can be believed: stop, say so, look again later.
      troubles.rootIsGone(error.message, clock.monotonic() + ROOT_AGAIN);
      observer.hint([{ kind: "subtree", path: ROOT_PATH }]);
      situation.outlook = NOTHING;
    }
    if (situation.defect !== undefined) {
      const reason = situation.defect;
      situation.defect = undefined;
      if (!(reason instanceof FileSystemError)) throw reason;
    }
  }

  /** Sleeps until something was heard, finished, or falls due since the last cycle began. */
  async function rest(began: number, signal: AbortSignal): Promise<void> {
    // Below a root that is gone nothing can be done: all else waits until that is looked at again.
    if (troubles.rootRests()) return alarm.sleep(troubles.nextTry(began) ?? ROOT_AGAIN, signal);
    if (observer.pending()) return;
    const due = [
      hashing.start(signal),
      observer.nextLook(),
      failures.nextTry(began),
      strays.nextLook(began),
      troubles.nextTry(began),
      guard.nextTry(),
      handing.nextTry(),
      nextSweep - clock.monotonic(),
    ];
    await alarm.sleep(Math.min(...due.filter((one) => one !== null), LONGEST_REST), signal);
  }

  /** @param stopAt when it ends with work left, once it is to end at all; null as long as it is to go on */
  async function run(signal: AbortSignal, stopAt: () => number | null): Promise<void> {
    while (!signal.aborted) {
      alarm.reset();
      isLooking = true;
      const began = clock.monotonic();
      await cycle(signal);
      works.pace.cycleTook = clock.monotonic() - began;
      isLooking = false;
      done++;
      const quiet = !alarm.hasRung() && standing.isQuiet();
      // What could not be done yet is still to be done so.
      if (quiet && rewritten.isInDoubt() && ![...works.problems().keys()].some(rewritten.isNoted)) rewritten.seenAll();
      if (quiet && epoch.isNew() && works.problems().size === 0) epoch.settle();
      standing.publish(quiet);
      answerWaiters(quiet);
      const deadline = stopAt();
      if (deadline !== null) {
        if (clock.monotonic() >= deadline) return;
        const hasNoMore = (!alarm.hasRung() && standing.isIdle()) || situation.paused || troubles.any();
        if (hasNoMore && works.inFlight.size === 0) return;
      }
      await rest(began, signal);
    }
  }

  function answerWaiters(quiet: boolean): void {
    if (!quiet) return;
    for (const waiter of waiters.splice(0)) {
      if (done >= waiter.from) waiter.resolve(true);
      else waiters.push(waiter);
    }
  }

  return {
    run(signal: AbortSignal, stopAt: () => number | null): Promise<void> {
      nextSweep = 0;
      return run(signal, stopAt);
    },
    /** True once a cycle that begins from now on has found both sides equal and nothing under way; false when the run ends. */
    nextQuiet: (): Promise<boolean> =>
      // A cycle that is under way may have looked before the question was asked: the next one counts.
      new Promise((resolve) => waiters.push({ from: done + (isLooking ? 2 : 1), resolve })),
    /** The run is over: who waits is told so. */
    end(): void {
      for (const waiter of waiters.splice(0)) waiter.resolve(false);
    },
  };
}
