import { parseArgs } from "node:util";
import { Company } from "./company.ts";
import { nothingEchoes, oneConflict, oneFileEach, randomEdits } from "./rounds.ts";

const USAGE = `npm run coauthors -- [--users N] [--actions K] [--rounds R] [--seed S]
  --users N    co-authors of one folder, each with a Dropbox and an engine of her own, 2 to 20; 20
  --actions K  what each of them does in a round, and somebody on disk; 60
  --rounds R   rounds, after each of which all must have the same; the last one removes somebody in its midst; 3
  --seed S     what the choices follow from; the moments stay the machine's own`;

const print = (line: string) => console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);

function numbers(): { users: number; actions: number; rounds: number; seed: number } {
  const option = { type: "string" } as const;
  const { values } = parseArgs({ options: { users: option, actions: option, rounds: option, seed: option } });
  const number = (name: keyof typeof values, otherwise: number, least: number, most: number) => {
    const value = values[name] === undefined ? otherwise : Number(values[name]);
    if (!Number.isInteger(value) || value < least || value > most)
      throw new RangeError(`--${name} takes a whole number from ${least} to ${most}, and not "${values[name]}"`);
    return value;
  };
  return {
    users: number("users", 20, 2, 20),
    actions: number("actions", 60, 1, 100_000),
    rounds: number("rounds", 3, 1, 100_000),
    seed: number("seed", Math.floor(Math.random() * 1_000_000), 0, Number.MAX_SAFE_INTEGER),
  };
}

async function main(): Promise<number> {
  const { users, actions, rounds, seed } = numbers();
  const company = new Company(seed);
  print(`seed ${seed}: ${users} co-authors, in ${company.folder}`);
  let failed = true;
  const held = (what: string, violations: readonly string[], steps: readonly string[] = []): boolean => {
    print(`${what}: ${violations.length === 0 ? "held" : "VIOLATED"}`);
    for (const line of violations.length === 0 ? [] : [...steps, ...violations]) print(`  ${line}`);
    return violations.length === 0;
  };
  try {
    await company.begin(users);
    let good = true;
    for (let round = 1; good && round <= rounds; round++) {
      const leaving = round === rounds && users > 2 ? (company.members.at(-1) ?? null) : null;
      const { violations, steps } = await randomEdits(company, actions, leaving);
      good = held(
        `round ${round} of ${rounds}${leaving === null ? "" : `, ${leaving.name} removed`}`,
        violations,
        steps,
      );
      good &&= held("no echo", await nothingEchoes(company));
    }
    good &&= held("one file each", await oneFileEach(company));
    good &&= held("one conflict of all", await oneConflict(company));
    good &&= held("a clean stop", await company.stop());
    failed = !good;
  } finally {
    await company.end(failed);
  }
  if (failed) print(`FAILED, and kept in ${company.folder}: --seed ${seed}`);
  return failed ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof RangeError || (error as NodeJS.ErrnoException).code?.startsWith("ERR_PARSE_ARGS")))
    throw error;
  console.error(`${(error as Error).message}\n${USAGE}`);
  process.exitCode = 2;
}
