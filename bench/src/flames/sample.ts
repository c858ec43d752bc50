import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ProfileName } from "@twinfold/dropbox-local";
import { twinfold } from "../contenders/twinfold.ts";
import type { Scenario } from "../scenarios/scenario.ts";
import { openStage } from "../stage.ts";
import { type CpuProfile, type Span, type Work, workOf } from "./cpu-profile.ts";

/** Runs a scenario once with a profiler in Twinfold's process. @returns what its main thread did, by row */
export async function sampled(scenario: Scenario, profile: ProfileName): Promise<ReadonlyMap<string, Work>> {
  const stage = await openStage(profile, false, true);
  try {
    const spans = new Map<string, Span>();
    for await (const [row] of scenario.run(stage, await twinfold(stage)))
      if (stage.lastMeasured !== null) spans.set(row, stage.lastMeasured);
    const profiles = profilesIn(stage.profiles ?? "");
    return new Map(
      [...spans].flatMap(([row, span]) => {
        // A row may be about one daemon, and the next about another: the one that did most in its time is it.
        const works = profiles.map((one) => workOf(one, span)).sort((a, b) => b.root.time - a.root.time);
        return works[0] === undefined ? [] : [[row, works[0]] as const];
      }),
    );
  } finally {
    await stage.close();
  }
}

/** Those of main threads: V8 writes one for each worker too, and numbers them from 0 on (`CPU.date.time.pid.thread.count`). */
function profilesIn(folder: string): CpuProfile[] {
  return readdirSync(folder)
    .filter((name) => name.split(".")[4] === "0")
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as CpuProfile);
}
