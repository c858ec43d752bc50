import type { Contender, Way } from "./contenders/contender.ts";
import type { Goal } from "./goals.ts";
import { usageOfChildren } from "./process-tree.ts";
import type { Stage, Traffic } from "./stage.ts";

/** What some work of a contender has cost. */
export interface Measure extends Traffic {
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Resident before the work, and at its peak, in MiB. */
  readonly rssBefore: number;
  readonly rssPeak: number;
  /** Of each edit, in milliseconds. */
  readonly latencies?: readonly number[];
  /** What else was timed in the same run, to compare with. */
  readonly beside?: { readonly what: string; readonly seconds: number };
}

/** Milliseconds between looks at the memory. */
const SAMPLED_EVERY = 50;
/** How long nothing may be asked for until work is over: what follows it counts too. */
const QUIET = 1000;

/** What `work` costs, and what follows it until nothing is asked any more. Its result says how long it took, in seconds. */
export async function costOf(stage: Stage, work: () => Promise<number>): Promise<Measure> {
  const before = { ...(await stage.traffic()), ...usageOfChildren() };
  let rssPeak = before.rssMiB;
  const sampling = setInterval(() => {
    rssPeak = Math.max(rssPeak, usageOfChildren().rssMiB);
  }, SAMPLED_EVERY);
  stage.measuredSince = performance.now();
  const from = microseconds();
  try {
    const seconds = await work();
    stage.measuredSince = null;
    stage.lastMeasured = { from, to: microseconds() };
    await stage.quiet(QUIET);
    const after = await stage.traffic();
    const requests = Object.entries(after.requests)
      .map(([route, count]) => [route, count - (before.requests[route] ?? 0)] as const)
      .filter(([, count]) => count > 0);
    return {
      seconds,
      requests: Object.fromEntries(requests),
      bytesUp: after.bytesUp - before.bytesUp,
      bytesDown: after.bytesDown - before.bytesDown,
      cpuSeconds: usageOfChildren().cpuSeconds - before.cpuSeconds,
      rssBefore: before.rssMiB,
      rssPeak,
    };
  } finally {
    clearInterval(sampling);
  }
}

function microseconds(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

/** What it costs to bring over what `act` does: from then on until each goal is reached, and the contender at rest. */
export function costOfBringing(
  stage: Stage,
  contender: Contender,
  way: Way,
  goals: readonly Goal[],
  act: () => void | Promise<void>,
): Promise<Measure> {
  return costOf(stage, async () => {
    const began = performance.now();
    const reached = Promise.all(goals);
    await act();
    if (contender.watches) await contender.whileItRuns(reached);
    await contender.settle(way);
    return (Math.max(...(await withinGrace(reached))) - began) / 1000;
  });
}

/** Milliseconds in which it shows that what a contender calls done is so. */
const GRACE = 10_000;

function withinGrace<T>(reached: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error("it says that it is done, and the other side is not so")), GRACE);
    reached.then(resolve, reject).finally(() => clearTimeout(late));
  });
}
