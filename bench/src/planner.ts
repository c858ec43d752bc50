import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Store } from "@twinfold/engine";
import { changeEach, filesAtRest } from "@twinfold/engine/testing/changes-at-rest.ts";
import { countingStore } from "@twinfold/engine/testing/counting-store.ts";
import { ThreeTrees } from "@twinfold/engine/testing/three-trees.ts";
import { openStore } from "@twinfold/store";
import { rememberingStore } from "./remembering-store.ts";
import { row } from "./rows.ts";

const FILES = 100_000;
const CHANGED = [10, 1_000, 10_000];
/** Plans that are measured, of which the fastest counts: others were held up by something else. */
const PLANS = 12;
/** Plans for the compiler, and what is changed meanwhile. */
const WARM_UP = { plans: 60, changed: 500 };
/**
 * What planning costs with many files at rest: the first plan after changes, the same again as while work waits for its
 * turn, and again with all that it reads remembered, which leaves the planner by itself.
 */
export function planner(): void {
  const warmUp = openStore(":memory:");
  const trees = new ThreeTrees(rememberingStore(countingStore(warmUp).store).store);
  changeEach(trees, filesAtRest(trees, WARM_UP.changed));
  for (let round = 0; round < WARM_UP.plans; round++) trees.plan();
  warmUp.close();

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
  const { store: counted, reads } = countingStore(store);
  const remembering = rememberingStore(counted);
  const trees = new ThreeTrees(remembering.store);
  const files = filesAtRest(trees, FILES);
  const plan = () => {
    const before = reads.calls;
    const began = performance.now();
    trees.plan();
    const took = (performance.now() - began) * 1_000;
    return { took, calls: reads.calls - before };
  };
  const fastest = () => Math.min(...Array.from({ length: PLANS }, () => plan().took));

  const idle = plan();
  row(`plan ${where}, 0 of ${FILES} changed`, `${fastest().toFixed(0)} µs, ${idle.calls} reads`, "0 reads");
  let changed = 0;
  for (const count of CHANGED) {
    changeEach(trees, files.slice(changed, changed + count));
    changed += count;
    const first = plan();
    const again = fastest();
    remembering.remember(true);
    plan();
    const alone = fastest();
    remembering.remember(false);
    const each = (value: number) => (value / changed).toFixed(1);
    row(
      `plan ${where}, ${changed} of ${FILES} changed`,
      `${each(first.took)} µs each, again ${each(again)}, alone ${each(alone)}; ${each(first.calls)} reads`,
      "2 µs each",
    );
  }
}
