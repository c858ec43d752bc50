import { openStore } from "@twinfold/store";
import { expect, test } from "vitest";
import type { ContentHash, NodeId } from "../ports/values.ts";
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

test("what both sides have anew is planned again when its content was read, and the rest is left alone meanwhile", () => {
  const { store, reads } = countingStore(openStore(":memory:"));
  const trees = new ThreeTrees(store);
  const files = 1_000;
  const hashes = new Map<NodeId, string>();
  for (let number = 0; number < files; number++) {
    hashes.set(trees.create("local", `${number}`, "1"), number % 2 === 0 ? "1" : "2");
    trees.create("remote", `${number}`, "1");
  }
  const putHash = (id: NodeId, hash: string | null) => {
    const node = store.local.get(id);
    if (node !== undefined) store.local.put({ ...node, hash: hash as ContentHash | null });
  };
  for (const id of hashes.keys()) putHash(id, null);
  expect(trees.plan().ready).toEqual([]);
  expect(store.changed.size).toBe(0);
  const [one, two] = hashes.keys();
  const before = reads.calls;
  for (const id of [one, two]) if (id !== undefined) putHash(id, hashes.get(id) ?? null);
  const done: string[] = [];
  for (let { ready } = trees.plan(); ready.length > 0; { ready } = trees.plan())
    for (const operation of ready) {
      done.push(trees.describe(operation).replace(/^(\w+).*/, "$1"));
      trees.carryOut(operation);
    }
  // The first are equal, the second in conflict.
  expect(done.sort()).toEqual(["download", "local", "upload"]);
  expect(reads.calls - before).toBeLessThan(150);
  for (const [id, hash] of hashes) putHash(id, hash);
  trees.settle();
  expect(Object.keys(trees.tree("synced")).length).toBe(files + files / 2);
  store.close();
});
