import { once } from "node:events";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { refuse, wholeNumber } from "./arguments.ts";
import { coverageTable } from "./coverage.ts";
import { type Batch, type SimulationOptions, worldOptions } from "./simulation.ts";
import type { Work } from "./simulation-worker.ts";
import { runWorld } from "./world.ts";
import type { Layout } from "./world-options.ts";

/**
 * `npm run simulate -- [--seeds N] [--seed S] [--minutes M] [--steps N] [--layout one|co-authors|two-machines|viewer] [--calm]
 * [--workers N] [--most FAILURES] [--no-shrink] [--trace]`: runs one world a seed on all cores, prints progress, each
 * failure with its seed and the shortest script found, and at the end which changes met under which faults. `--trace`
 * runs one seed and prints every call. Exits with 1 if any world failed, with 2 for words it does not know.
 */
const { values } = (() => {
  try {
    return parseArgs({
      options: {
        seeds: { type: "string" },
        seed: { type: "string", default: "1" },
        minutes: { type: "string" },
        steps: { type: "string", default: "25" },
        layout: { type: "string" },
        calm: { type: "boolean", default: false },
        workers: { type: "string", default: String(availableParallelism()) },
        most: { type: "string", default: "5" },
        "no-shrink": { type: "boolean", default: false },
        trace: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    return refuse((error as Error).message);
  }
})();

const LAYOUTS: Readonly<Record<string, Layout>> = {
  one: "one",
  "co-authors": "co-authors",
  "two-machines": "two machines",
  viewer: "viewer",
};
/** Seeds that a worker is given at a time. */
const BATCH = 50;
const TELL_EVERY = 5_000;

const layout = values.layout === undefined ? undefined : LAYOUTS[values.layout];
if (values.layout !== undefined && layout === undefined)
  refuse(`--layout takes one of ${Object.keys(LAYOUTS).join(", ")}.`);
const minutes = values.minutes === undefined ? Number.POSITIVE_INFINITY : Number(values.minutes);
if (Number.isNaN(minutes)) refuse(`--minutes takes a number, not "${values.minutes}".`);
const firstSeed = wholeNumber("seed", values.seed);
const seeds =
  values.seeds === undefined ? (minutes < Number.POSITIVE_INFINITY ? 1e12 : 100) : wholeNumber("seeds", values.seeds);
const mostFailures = wholeNumber("most", values.most);
const options: SimulationOptions = {
  steps: wholeNumber("steps", values.steps),
  ...(layout === undefined ? {} : { layout }),
  calm: values.calm,
  shrinks: !values["no-shrink"],
};

if (values.trace) {
  const { trace, violations } = await runWorld(worldOptions(firstSeed, options));
  console.log([...trace, ...violations.map((one) => `! ${one}`)].join("\n"));
  process.exit(violations.length === 0 ? 0 : 1);
}

const began = performance.now();
const coverage = new Map<string, number>();
let next = firstSeed;
let done = 0;
let failures = 0;
let told = began;

function take({ seeds: count, failures: failed, coverage: met }: Batch): void {
  done += count;
  for (const [key, times] of met) coverage.set(key, (coverage.get(key) ?? 0) + times);
  for (const { seed, world, violations, script } of failed) {
    failures++;
    console.log(`\nseed ${seed} (${world}) fails:`);
    for (const violation of violations) console.log(`  ! ${violation}`);
    for (const line of script) console.log(`    ${line}`);
  }
  if (performance.now() - told < TELL_EVERY) return;
  told = performance.now();
  tell();
}

function tell(): void {
  const rate = (done / ((performance.now() - began) / 1000)).toFixed(1);
  console.log(`${done} seeds, ${failures} failed, ${rate} seeds/s`);
}

/** The next seeds to run; null when that is enough. */
function nextWork(): Work | null {
  const isOver = performance.now() - began > minutes * 60_000 || failures >= mostFailures;
  const count = Math.min(BATCH, firstSeed + seeds - next);
  if (isOver || count <= 0) return null;
  const work = { first: next, count, options };
  next += count;
  return work;
}

async function serve(): Promise<void> {
  const worker = new Worker(new URL("./simulation-worker.ts", import.meta.url));
  try {
    for (let work = nextWork(); work !== null; work = nextWork()) {
      const answer = once(worker, "message") as Promise<[Batch]>;
      worker.postMessage(work);
      take((await answer)[0]);
    }
  } finally {
    await worker.terminate();
  }
}

await Promise.all(Array.from({ length: Math.max(1, wholeNumber("workers", values.workers)) }, serve));
tell();
console.log(`\nWhat met what, how often, and under how many kinds of faults:\n${coverageTable(coverage)}`);
process.exitCode = failures === 0 ? 0 : 1;
