import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import type { SimulationOptions } from "../simulation.ts";
import { ALL_MUTANTS } from "./all-mutants.ts";
import { fileOf, mutate } from "./mutant.ts";

/** What a hunter is told, as its first argument in JSON. */
export interface Hunt {
  readonly mutant: string;
  readonly first: number;
  readonly count: number;
  readonly options: SimulationOptions;
}

/** Sent before each seed, without a violation, and after one in which something did not hold. */
export interface Report {
  readonly seed: number;
  readonly violation?: string;
}

/**
 * A process of its own, in which one file of the engine is another than on disk: runs seeds one by one and reports, and
 * goes on after a violation only when it is told to.
 */
const { mutant: id, first, count, options } = JSON.parse(process.argv[2] ?? "") as Hunt;
const mutant = ALL_MUTANTS.find((one) => one.id === id);
if (mutant === undefined) throw new Error(`there is no mutant ${id}`);
const place = fileURLToPath(fileOf(mutant));

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.startsWith("file:") || fileURLToPath(url) !== place) return loaded;
    return { ...loaded, source: mutate(String(loaded.source), mutant) };
  },
});

// Only now: what is imported at the top is loaded before any hook.
const { worldOptions } = await import("../simulation.ts");
const { runWorld } = await import("../world.ts");

const report = (one: Report) => process.send?.(one);
for (let seed = first; seed < first + count; seed++) {
  report({ seed });
  const { violations } = await runWorld(worldOptions(seed, options));
  const [violation] = violations;
  if (violation === undefined) continue;
  const goOn = new Promise((resolve) => process.once("message", resolve));
  report({ seed, violation });
  await goOn;
}
process.disconnect();
