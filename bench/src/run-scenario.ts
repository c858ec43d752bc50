import { setTimeout as sleep } from "node:timers/promises";
import type { ProfileName } from "@twinfold/dropbox-local";
import type { Contender, ContenderName } from "./contenders/contender.ts";
import { maestral } from "./contenders/maestral.ts";
import { rclone } from "./contenders/rclone.ts";
import { twinfold } from "./contenders/twinfold.ts";
import type { Outcome } from "./results.ts";
import type { Scenario } from "./scenarios/scenario.ts";
import { type Conditions, openStage, type Stage } from "./stage.ts";

const CONTENDERS: Readonly<Record<ContenderName, (stage: Stage) => Promise<Contender>>> = {
  Twinfold: twinfold,
  rclone,
  Maestral: maestral,
};

export interface Runs {
  readonly profile: ProfileName;
  readonly runs: number;
  readonly contenders: readonly ContenderName[];
  /** Seconds that one run may take. */
  readonly limit: number;
}

export interface Ran {
  readonly conditions: Conditions;
  /** By row and contender. */
  readonly outcomes: ReadonlyMap<string, Partial<Record<ContenderName, Outcome[]>>>;
}

/** Runs a scenario so often, the contenders in turns. One that ran out of time has no further turn. */
export async function runScenario(
  scenario: Scenario,
  { profile, runs, contenders, limit }: Runs,
  heard: (contender: ContenderName, row: string, outcome: Outcome) => void,
): Promise<Ran> {
  const outcomes = new Map(scenario.rows.map(({ name }) => [name, {} as Partial<Record<ContenderName, Outcome[]>>]));
  const add = (contender: ContenderName, row: string, outcome: Outcome) => {
    const ofRow = outcomes.get(row);
    if (ofRow === undefined) throw new Error(`the scenario has no row ${row}`);
    ofRow[contender] = [...(ofRow[contender] ?? []), outcome];
    heard(contender, row, outcome);
  };
  let conditions: Conditions | null = null;
  const out = new Set<ContenderName>();
  for (let run = 0; run < runs; run++)
    for (const name of scenario.contenders) {
      if (!contenders.includes(name) || out.has(name)) continue;
      const stage = await openStage(profile, name !== "Twinfold");
      conditions = stage.conditions;
      try {
        const ended = await oneRun(scenario, stage, name, limit, (row, outcome) => add(name, row, outcome));
        if (ended === "out of time") out.add(name);
      } finally {
        await stage.close();
      }
    }
  if (conditions === null) throw new Error("nobody was there to run");
  return { conditions, outcomes };
}

async function oneRun(
  scenario: Scenario,
  stage: Stage,
  name: ContenderName,
  limit: number,
  add: (row: string, outcome: Outcome) => void,
): Promise<"done" | "failed" | "out of time"> {
  const left = new Set(scenario.rows.map((row) => row.name));
  const work = async () => {
    const contender = await CONTENDERS[name](stage);
    for await (const [row, measure] of scenario.run(stage, contender)) {
      left.delete(row);
      add(row, { measure });
    }
    return "done" as const;
  };
  // Where all rows were measured, the last one has not come to the end that it must.
  const fail = (failed: string, isLate: boolean) => {
    const [row = scenario.rows.at(-1)?.name ?? ""] = left;
    const after = stage.measuredSince === null ? null : (performance.now() - stage.measuredSince) / 1000;
    const when = after === null ? "outside of what is measured" : `${after.toFixed(0)} s after it began`;
    add(row, { failed: `${failed}, ${when}`, outOfTimeAfter: isLate ? after : null });
  };
  const timer = new AbortController();
  const late = sleep(limit * 1000, "out of time" as const, { signal: timer.signal });
  try {
    const ended = await Promise.race([work(), late]);
    if (ended === "out of time") fail(`the run was ended after ${limit} s`, true);
    return ended;
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error), false);
    return "failed";
  } finally {
    timer.abort();
    late.catch(() => undefined);
  }
}
