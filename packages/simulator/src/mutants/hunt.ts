import { fork } from "node:child_process";
import { on } from "node:events";
import { type SimulationOptions, worldOptions } from "../simulation.ts";
import { runWorld } from "../world.ts";
import type { Hunt, Report } from "./hunter.ts";
import type { Mutant } from "./mutant.ts";

/** How a mutant showed itself. */
export interface Finding {
  readonly seed: number;
  /** Worlds that were run until then, this one included. */
  readonly worlds: number;
  readonly violation: string;
}

/** A world that takes longer is one in which the engine never lets go; milliseconds. */
const LONGEST_WORLD = 60_000;

export interface Seeds {
  readonly first: number;
  readonly count: number;
  readonly options: SimulationOptions;
}

/**
 * Runs the worlds of these seeds with a broken engine, in a process of its own, until one shows that it is broken: one in
 * which the engine as it is breaks nothing. @returns null when none does
 */
export async function hunt(mutant: Mutant, seeds: Seeds): Promise<Finding | null> {
  const order: Hunt = { mutant: mutant.id, ...seeds };
  const hunter = fork(new URL("./hunter.ts", import.meta.url), [JSON.stringify(order)]);
  let seed: number | null = null;
  let hangs = false;
  const watchdog = setTimeout(() => {
    hangs = true;
    hunter.kill("SIGKILL");
  }, LONGEST_WORLD);
  const found = (violation: string): Finding => ({
    seed: seed ?? seeds.first,
    worlds: (seed ?? seeds.first) - seeds.first + 1,
    violation,
  });
  try {
    for await (const [report] of on(hunter, "message", { close: ["disconnect"] }) as AsyncIterable<[Report]>) {
      watchdog.refresh();
      seed = report.seed;
      if (report.violation === undefined) continue;
      if (await isSoundWith(seed, seeds.options)) return found(report.violation);
      hunter.send("go on");
    }
    if (hangs) return found("the engine never lets go of its thread");
    if (hunter.exitCode === null) await new Promise((resolve) => hunter.once("exit", resolve));
    if (hunter.exitCode === 0) return null;
    if (seed === null) throw new Error(`${mutant.id}: the hunter ended before its first world`);
    return found("the process ends by an error that nobody caught");
  } finally {
    clearTimeout(watchdog);
    hunter.kill("SIGKILL");
  }
}

const known = new Map<string, Promise<boolean>>();

/** Whether the engine as it is passes this seed: otherwise it says nothing about a mutant. */
function isSoundWith(seed: number, options: SimulationOptions): Promise<boolean> {
  const key = JSON.stringify([seed, options]);
  const before = known.get(key);
  if (before !== undefined) return before;
  const result = runWorld(worldOptions(seed, options)).then(({ violations }) => violations.length === 0);
  known.set(key, result);
  return result;
}
