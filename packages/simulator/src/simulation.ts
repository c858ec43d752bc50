import { shrink } from "./shrink.ts";
import { describeStep, type Step } from "./steps.ts";
import { runWorld } from "./world.ts";
import { type Layout, optionsForSeed, type WorldOptions } from "./world-options.ts";

/** What the command line says of every world; what it leaves open follows from the seed. */
export interface SimulationOptions {
  readonly steps: number;
  readonly layout?: Layout;
  readonly calm: boolean;
  readonly shrinks: boolean;
}

export interface Failure {
  readonly seed: number;
  readonly world: string;
  readonly violations: readonly string[];
  /** The shortest script found, a line a step. */
  readonly script: readonly string[];
}

/** The result of some seeds. */
export interface Batch {
  readonly seeds: number;
  readonly failures: readonly Failure[];
  readonly coverage: ReadonlyMap<string, number>;
}

export function worldOptions(seed: number, options: SimulationOptions): WorldOptions {
  const given = optionsForSeed(seed, options.steps);
  const world = { ...given, layout: options.layout ?? given.layout, faults: given.faults && !options.calm };
  // What is asked of both sides there has no meaning where one of them only follows.
  const oneSided = { ignores: false, cautious: false, restores: false, rulesAmid: false, misremembers: false };
  return world.layout === "viewer" ? { ...world, ...oneSided } : world;
}

/** Runs the worlds of `count` seeds from `first` on; ends early at the first failure. */
export async function simulate(first: number, count: number, options: SimulationOptions): Promise<Batch> {
  const coverage = new Map<string, number>();
  const failures: Failure[] = [];
  let seeds = 0;
  for (let seed = first; seed < first + count; seed++) {
    const world = worldOptions(seed, options);
    const result = await withoutStacks(() => runWorld(world));
    seeds++;
    for (const [key, times] of result.coverage) coverage.set(key, (coverage.get(key) ?? 0) + times);
    if (result.violations.length === 0) continue;
    const fails = async (script: readonly Step[]) => (await runWorld({ ...world, script })).violations.length > 0;
    const script = options.shrinks ? await shrink(result.script, fails) : result.script;
    const again = await runWorld({ ...world, script });
    failures.push({
      seed,
      world: inWords(world),
      violations: again.violations.length > 0 ? again.violations : result.violations,
      script: script.map(describeStep),
    });
  }
  return { seeds, failures, coverage };
}

/** Virtual users and parts fail all the time, and of those errors nobody reads the stack. A world that fails is run again. */
async function withoutStacks<T>(body: () => Promise<T>): Promise<T> {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return await body();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

function inWords({ layout, faults, ignores, cautious }: WorldOptions): string {
  const words = [layout, faults ? "with faults" : "calm"];
  if (ignores) words.push("with ignore files");
  if (cautious) words.push("with low guards");
  return words.join(", ");
}
