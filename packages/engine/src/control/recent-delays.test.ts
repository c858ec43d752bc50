import { expect, test } from "vitest";
import { createRecentDelays } from "./recent-delays.ts";

function recentOf(...delays: readonly number[]) {
  const recent = createRecentDelays();
  for (const one of delays) recent.add(one);
  return recent.figures();
}

test("before the first there is nothing to tell", () => {
  expect(recentOf()).toBeNull();
});

test("median and 95th percentile are delays that were measured, in whole milliseconds", () => {
  expect(recentOf(7.4)).toEqual({ median: 7, percentile95: 7, count: 1 });
  expect(recentOf(300, 100, 9_000, 200)).toEqual({ median: 200, percentile95: 9_000, count: 4 });
  const upTo20 = Array.from({ length: 20 }, (_, index) => 20 - index);
  expect(recentOf(...upTo20)).toEqual({ median: 10, percentile95: 19, count: 20 });
});

test("the last 40 count, whatever was before", () => {
  const upTo100 = Array.from({ length: 100 }, (_, index) => index + 1);
  expect(recentOf(...upTo100)).toEqual({ median: 80, percentile95: 98, count: 40 });
});
