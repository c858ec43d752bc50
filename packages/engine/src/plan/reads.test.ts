import { openStore } from "@twinfold/store";
import { expect, test } from "vitest";
import { changeEach, filesAtRest } from "../testing/changes-at-rest.ts";
import { countingStore } from "../testing/counting-store.ts";
import { ThreeTrees } from "../testing/three-trees.ts";

/** What one plan reads of `total` files, of which some changed, in all ways. */
function readsOf(total: number, changed: number): { readonly calls: number; readonly nodes: number } {
  const { store, reads } = countingStore(openStore(":memory:"));
  const trees = new ThreeTrees(store);
  changeEach(trees, filesAtRest(trees, total).slice(0, changed));
  const before = { ...reads };
  const { ready } = trees.plan();
  expect(ready).toHaveLength(changed);
  const read = { calls: reads.calls - before.calls, nodes: reads.nodes - before.nodes };
  store.close();
  return read;
}

test("nothing is read where nothing changed", () => {
  expect(readsOf(400, 0)).toEqual({ calls: 0, nodes: 0 });
});

test("what a plan reads follows from what changed, not from what is at rest", () => {
  const few = readsOf(400, 40);
  expect(readsOf(4_000, 40)).toEqual(few);
  // Each changed node on its three sides, its name and its new place on two, and their folders.
  expect(few.calls).toBeLessThanOrEqual(6 * 40);
  expect(few.nodes).toBeLessThanOrEqual(6 * 40);
  expect(readsOf(4_000, 400).calls).toBeLessThanOrEqual(6 * 400);
});
