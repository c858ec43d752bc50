import { openStore } from "@twinfold/store";
import fc from "fast-check";
import { expect, test } from "vitest";
import { contentsOf, type Step, step, syncFirst, take } from "../testing/random-users.ts";
import { ThreeTrees } from "../testing/three-trees.ts";

/**
 * Three random trees, planned and carried out to the end, as Dropbox's CanopyCheck does ("Testing sync at Dropbox"):
 * both sides and the merge base become one tree, and no content that only one side had is lost.
 */

function converge(before: readonly Step[], after: readonly Step[]): void {
  const store = openStore(":memory:");
  try {
    const trees = new ThreeTrees(store);
    let count = syncFirst(trees, before);
    const base = contentsOf(trees.tree("synced"));
    for (const one of after) take(trees, one, ++count);
    const fresh = new Set([...contentsOf(trees.tree("local")), ...contentsOf(trees.tree("remote"))]);
    for (const old of base) fresh.delete(old);

    trees.settle();
    const local = trees.tree("local");
    expect(trees.tree("remote")).toEqual(local);
    expect(trees.tree("synced")).toEqual(local);
    const left = contentsOf(local);
    for (const text of fresh) expect(left, `${text} was written by a user`).toContain(text);
    expect(trees.plan().ready).toEqual([]);
    expect([...store.changed]).toEqual([]);
  } finally {
    store.close();
  }
}

test("whatever two users do, both sides become one tree and nothing written is lost", () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 12 }), fc.array(step, { maxLength: 12 }), converge), {
    numRuns: Number(process.env.TWINFOLD_RUNS ?? 400),
  });
});
