import { openStore } from "@twinfold/store";
import { expect, test } from "vitest";
import type { Clock } from "../ports/clock.ts";
import { ThreeTrees } from "../testing/three-trees.ts";
import { createFailures } from "./failures.ts";

test("what fell due after the last plan had left it out is due at once, and not slept over", () => {
  let now = 0;
  const clock: Clock = { now: () => now, monotonic: () => now, sleep: async () => undefined };
  const trees = new ThreeTrees(openStore(":memory:"));
  const id = trees.both("file", "1");
  const failures = createFailures(trees.store, clock, { next: () => 1 });
  failures.add(id, null);
  const began = now;
  now = 99;
  expect(failures.waiting(id)).toBe(true);
  expect(failures.nextTry(began)).toBe(1);
  now = 101;
  expect(failures.nextTry(began)).toBe(0);
  // The next plan has seen that it is due: there is nothing to wait for.
  expect(failures.waiting(id)).toBe(false);
  expect(failures.nextTry(now)).toBe(null);
});
