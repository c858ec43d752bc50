import { tmpdir } from "node:os";
import { parseArgs } from "node:util";
import { diskParity } from "./disk/parity.ts";
import { type Parity, playSeed, shrunk, tell } from "./lockstep.ts";
import { remoteParity } from "./remote/parity.ts";

const USAGE = `npm run simulate:parity -- [--parts LIST] [--seeds N] [--seed S] [--steps N] [--minutes M] [--no-shrink]
  --parts LIST  some of disk,tmpfs,remote; all
  --seeds N     how many random scripts each part gets; 100
  --seed S      the first one's seed; 1
  --steps N     how long each script is; 60
  --minutes M   no new script after so long, for each part
  --no-shrink   differences are told with the whole script
Holds the simulator's virtual parts to the real ones. Exits with 1 at any difference, with 2 for words it does not know.`;

const TELL_EVERY = 10_000;
/** Failures of one part that are told. */
const MOST = 5;

const PARTS = {
  disk: diskParity(tmpdir()),
  tmpfs: diskParity("/dev/shm"),
  remote: remoteParity,
};

interface Options {
  readonly first: number;
  readonly seeds: number;
  readonly steps: number;
  readonly minutes: number;
  readonly shrinks: boolean;
}

/** @returns how many scripts showed a difference */
async function run<Step>(parity: Parity<Step>, { first, seeds, steps, minutes, shrinks }: Options): Promise<number> {
  const began = performance.now();
  let told = began;
  let done = 0;
  let failures = 0;
  const say = () => console.log(`${parity.name}: ${done} scripts of ${steps} steps, ${failures} with a difference`);
  for (let seed = first; seed < first + seeds && failures < MOST; seed++) {
    if (performance.now() - began > minutes * 60_000) break;
    const found = await playSeed(parity, seed, steps);
    done++;
    if (found !== null) {
      failures++;
      const difference = shrinks ? await shrunk(parity, found) : found;
      console.log(`${parity.name}: seed ${seed} differs at step ${found.script.length} of ${steps}:`);
      console.log(tell(parity, difference));
    }
    if (performance.now() - told < TELL_EVERY) continue;
    told = performance.now();
    say();
  }
  say();
  return failures;
}

function refuse(message: string): never {
  console.error(`${message}\n${USAGE}`);
  process.exit(2);
}

function numberOf(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  return value >= 0 ? value : refuse(`--${name} takes a number, not "${text}".`);
}

const { values } = (() => {
  try {
    return parseArgs({
      options: {
        parts: { type: "string", default: Object.keys(PARTS).join() },
        seeds: { type: "string" },
        seed: { type: "string" },
        steps: { type: "string" },
        minutes: { type: "string" },
        "no-shrink": { type: "boolean", default: false },
      },
    });
  } catch (error) {
    return refuse((error as Error).message);
  }
})();

const options: Options = {
  first: numberOf("seed", values.seed, 1),
  seeds: numberOf("seeds", values.seeds, values.minutes === undefined ? 100 : Number.POSITIVE_INFINITY),
  steps: numberOf("steps", values.steps, 60),
  minutes: numberOf("minutes", values.minutes, Number.POSITIVE_INFINITY),
  shrinks: !values["no-shrink"],
};

let failures = 0;
for (const name of values.parts.split(",")) {
  switch (name) {
    case "disk":
    case "tmpfs":
      failures += await run(PARTS[name], options);
      break;
    case "remote":
      failures += await run(PARTS[name], options);
      break;
    default:
      refuse(`"${name}" is no part.`);
  }
}
process.exitCode = failures === 0 ? 0 : 1;
