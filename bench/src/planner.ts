import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Store } from "@twinfold/engine";
import { changeEach, filesAtRest } from "@twinfold/engine/testing/changes-at-rest.ts";
import { countingStore } from "@twinfold/engine/testing/counting-store.ts";
import { ThreeTrees } from "@twinfold/engine/testing/three-trees.ts";
import { openStore } from "@twinfold/store";
import { rememberingStore } from "./remembering-store.ts";
import { median, row } from "./rows.ts";

const FILES = 100_000;
const CHANGED = [10, 1_000, 10_000];
/** Plans that are measured, of which the median counts; those before are for the compiler. */
const PLANS = 5;
const WARM_UP = 8;
const ASKED = "2 µs a changed node; nothing read for others";

/** What planning costs with many files at rest: on the real store, and, with all that it reads remembered, by itself. */
export function planner(): void {
  const folder = mkdtempSync(join(tmpdir(), "twinfold-bench-"));
  try {
    for (const [where, file] of [
      ["in memory", ":memory:"],
      ["on disk", join(folder, "store.sqlite")],
    ] as const) {
      const store = openStore(file);
      planOn(store, where);
      store.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function planOn(store: Store, where: string): void {
  const counting = countingStore(store);
  const remembering = rememberingStore(counting.store);
  const trees = new ThreeTrees(remembering.store);
  const { reads } = counting;
  const files = filesAtRest(trees, FILES);
  const plan = () => {
    const before = { ...reads };
    const began = performance.now();
    const { ready } = trees.plan();
    const took = (performance.now() - began) * 1_000;
    return { took, ready: ready.length, calls: reads.calls - before.calls, nodes: reads.nodes - before.nodes };
  };
  const measured = () => Array.from({ length: PLANS }, plan);

  const idle = plan();
  row(`${where}: ${FILES} files at rest, 0 changed`, `${idle.calls} reads, ${idle.took.toFixed(0)} µs`, "0 reads");
  let first = 0;
  for (const count of CHANGED) {
    changeEach(trees, files.slice(first, first + count));
    first += count;
    const nodes = store.changed.size;
    for (let round = 0; round < WARM_UP; round++) plan();
    const all = measured();
    remembering.remember(true);
    plan();
    const alone = measured();
    remembering.remember(false);
    const each = (plans: typeof all) => (median(plans.map(({ took }) => took)) / nodes).toFixed(1);
    const { calls, nodes: given, ready } = plan();
    row(
      `${where}: ${nodes} changed, ${ready} to do`,
      `${each(all)} µs a node, ${each(alone)} without the store; ${(calls / nodes).toFixed(1)} reads, ${(given / nodes).toFixed(1)} nodes`,
      ASKED,
    );
  }
}
