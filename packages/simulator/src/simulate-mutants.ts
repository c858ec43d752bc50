import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { refuse, wholeNumber } from "./arguments.ts";
import { ALL_MUTANTS } from "./mutants/all-mutants.ts";
import { type Finding, hunt } from "./mutants/hunt.ts";
import { fileOf, type Mutant, mutate } from "./mutants/mutant.ts";

/**
 * `npm run simulate:mutants -- [--mutant ID]… [--seeds N] [--seed S] [--workers N]`: breaks the engine in one small way
 * after the other and runs the seeds of `npm run simulate` until a world shows it; prints how many that took and what was
 * seen. Exits with 1 if a mutant survives: something is missing in the simulator.
 */
const { values } = (() => {
  try {
    return parseArgs({
      options: {
        mutant: { type: "string", multiple: true, default: [] },
        seeds: { type: "string", default: "10000" },
        seed: { type: "string", default: "1" },
        workers: { type: "string", default: String(availableParallelism()) },
      },
    });
  } catch (error) {
    return refuse((error as Error).message);
  }
})();

const seeds = {
  first: wholeNumber("seed", values.seed),
  count: wholeNumber("seeds", values.seeds),
  options: { steps: 25, calm: false, shrinks: false },
};
const chosen = values.mutant.length === 0 ? ALL_MUTANTS : values.mutant.map(mutantOf);
for (const mutant of chosen) mutate(readFileSync(fileOf(mutant), "utf8"), mutant);
const survivors: Mutant[] = [];
const left = [...chosen];
const width = Math.max(...chosen.map(({ id }) => id.length));

function mutantOf(id: string): Mutant {
  const names = ALL_MUTANTS.map((one) => one.id).join("\n  ");
  return ALL_MUTANTS.find((one) => one.id === id) ?? refuse(`there is no mutant ${id}, but:\n  ${names}`);
}

function row(mutant: string, worlds: string, seen: string): void {
  const line = `${mutant.padEnd(width)}  ${worlds.padStart(6)}  ${seen.replaceAll("\n", " ")}`;
  console.log(line.length > 160 ? `${line.slice(0, 159)}…` : line);
}

function tell(mutant: Mutant, finding: Finding | null): void {
  if (finding === null) {
    survivors.push(mutant);
    row(mutant.id, "-", `SURVIVES ${seeds.count} worlds: ${mutant.breaks}`);
  } else row(mutant.id, `${finding.worlds}`, `seed ${finding.seed}: ${finding.violation}`);
}

async function work(): Promise<void> {
  for (let mutant = left.shift(); mutant !== undefined; mutant = left.shift()) tell(mutant, await hunt(mutant, seeds));
}

row("mutant", "worlds", "found at");
await Promise.all(Array.from({ length: Math.max(1, wholeNumber("workers", values.workers)) }, work));
console.log(`\n${chosen.length - survivors.length} of ${chosen.length} mutants found`);
process.exitCode = survivors.length === 0 ? 0 : 1;
