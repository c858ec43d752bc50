import { SeededRandomness } from "@twinfold/simulator";
import { ArgumentError, type Arguments, PHASES, type Phase, readArguments, USAGE } from "./arguments.ts";
import { LARGE_SIZES } from "./contents.ts";
import { Run, type RunOptions } from "./run.ts";
import { fillAndMakeRoom, SMALL_DISK, SMALL_DISK_SIZES, whyNoMounts, withOwnMounts } from "./small-disk.ts";
import { Tally } from "./tally.ts";
import { expiringTokens, faults, noTrouble } from "./trouble.ts";
import { dropWorlds, killWorlds } from "./world.ts";

/** How the kills are shared out among phases; a full disk takes its time. */
const SHARES: Readonly<Record<Phase, number>> = { kills: 52, faults: 24, tokens: 20, full: 4 };

type PhaseOptions = Omit<RunOptions, "name" | "kills" | "until" | "print">;

/** Making a disk full takes a minute, and what is written to one soon finds no space: it is looked at more often. */
const MOST_KILLS_ON_FULL_DISK = 6;

function optionsOf(phase: Phase, checkEvery: number): PhaseOptions {
  const ordinary = { checkEvery, largeSizes: LARGE_SIZES, mostLarge: 4, disk: null };
  switch (phase) {
    case "kills":
      return { ...ordinary, trouble: noTrouble };
    case "faults":
      return { ...ordinary, trouble: faults };
    case "tokens":
      return { ...ordinary, trouble: expiringTokens };
    case "full":
      return {
        checkEvery: Math.min(checkEvery, MOST_KILLS_ON_FULL_DISK),
        largeSizes: SMALL_DISK_SIZES,
        mostLarge: 8,
        disk: SMALL_DISK,
        trouble: noTrouble,
        beforeCheck: fillAndMakeRoom,
      };
    default:
      return phase satisfies never;
  }
}

const print = (line: string) => console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);

/** What came of it so far, over all worlds. */
interface Outcome {
  readonly tally: Tally;
  worlds: number;
  kills: number;
  /** In words where; each was told of when it was found. */
  readonly failures: string[];
}

/** One world after another, until there were so many kills; only one, unless failures are to be gone past. */
async function runPhase(phase: Phase, kills: number, until: number, given: Arguments, outcome: Outcome) {
  // Each phase by itself does what it does among others.
  const random = new SeededRandomness(given.seed * PHASES.length + PHASES.indexOf(phase));
  const options = { ...optionsOf(phase, given.checkEvery), name: phase, until, print };
  let done = 0;
  do {
    const result = await new Run(random.fork(), { ...options, kills: kills - done }).run();
    done += result.kills;
    outcome.kills += result.kills;
    outcome.worlds++;
    outcome.tally.addAll(result.tally);
    if (result.violations.length > 0) outcome.failures.push(`${phase}: ${result.violations.map(firstLine).join("; ")}`);
  } while (given.keepGoing && done < kills && performance.now() < until);
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? "";
}

/** How many of the kills each phase is to have; what rounding leaves over goes to the last one. */
function shareOut(kills: number, phases: readonly Phase[]): Map<Phase, number> {
  const shares = phases.reduce((sum, phase) => sum + SHARES[phase], 0);
  let left = kills;
  return new Map(
    phases.map((phase, index) => {
      const rounded = Math.min(left, Math.round((kills * SHARES[phase]) / shares));
      const share = index === phases.length - 1 ? left : rounded;
      left -= share;
      return [phase, share];
    }),
  );
}

/** @returns the exit code */
async function torture(given: Arguments): Promise<number> {
  const { seed, minutes } = given;
  let { phases } = given;
  if (phases.includes("full") && !given.ownMounts) {
    const reason = whyNoMounts();
    if (reason === null) return withOwnMounts([...process.argv.slice(2), "--seed", String(seed)]);
    print(`full: NOT DONE, since this process can't have mounts of its own: ${reason}`);
    phases = phases.filter((phase) => phase !== "full");
  }
  // A defect of this program's own leaves its world to be looked at, but nothing that runs.
  process.once("exit", killWorlds);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      dropWorlds();
      process.exit(130);
    });
  }
  print(`seed ${seed}`);
  const began = performance.now();
  const until = began + minutes * 60_000;
  const outcome: Outcome = { tally: new Tally(), worlds: 0, kills: 0, failures: [] };
  for (const [phase, share] of shareOut(given.kills, phases)) {
    if (share > 0 && performance.now() < until) await runPhase(phase, share, until, given, outcome);
  }
  printSummary(outcome, seed, (performance.now() - began) / 60_000);
  return outcome.failures.length > 0 ? 1 : 0;
}

function printSummary({ tally, worlds, kills, failures }: Outcome, seed: number, minutes: number): void {
  const missing = tally.missing();
  const rate = `${minutes.toFixed(1)} minutes, ${(kills / minutes).toFixed(1)} a minute`;
  for (const line of [
    `seed ${seed}: ${kills} kills in ${rate}, in ${worlds} worlds: ${failures.length > 0 ? `${failures.length} FAILED` : "all held"}`,
    ...tally.lines().map((line) => `  ${line}`),
    ...(missing.length > 0 ? [`  never happened: ${missing.join("; ")}`] : []),
    ...failures.map((failure) => `  FAILED ${failure}`),
  ])
    print(line);
}

try {
  process.exitCode = await torture(readArguments(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof ArgumentError)) throw error;
  console.error(`${error.message}\n${USAGE}`);
  process.exitCode = 2;
}
