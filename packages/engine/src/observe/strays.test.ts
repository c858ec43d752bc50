import { openStore } from "@twinfold/store";
import { beforeEach, expect, test } from "vitest";
import type { Randomness } from "../ports/clock.ts";
import type { NodeId } from "../ports/values.ts";
import { ThreeTrees } from "../testing/three-trees.ts";
import { createStrays, markOf } from "./strays.ts";

const PASSING = ".~twinfold-move-9~a";
const MARK = "123456";

let now = 0;
let trees: ThreeTrees;
let strays: ReturnType<typeof createStrays>;
let file: NodeId;
beforeEach(() => {
  now = 0;
  trees = new ThreeTrees(openStore(":memory:"));
  strays = createStrays(trees.store, { now: () => now, monotonic: () => now, sleep: async () => undefined }, MARK);
  file = trees.both("a", "1");
  trees.both("d");
});

test.each(["local", "remote"] as const)(
  "what another engine moves aside, %s, is left alone, but not for ever",
  (side) => {
    trees.move(side, "a", PASSING);
    expect(strays.has(file)).toBe(true);
    now = 59_000;
    expect(strays.has(file)).toBe(true);
    expect(strays.nextLook(now)).toBe(1_000);
    now = 60_000;
    expect(strays.has(file)).toBe(false);
  },
);

test.each([
  ["local", "remote"],
  ["remote", "local"],
] as const)("moved aside by us, %s, it is on its way; so is what was moved on the other side", (side, other) => {
  trees.move(side, "a", `.~twinfold-move-${MARK}${file}~a`);
  expect(strays.has(file)).toBe(false);
  trees.move(side, `.~twinfold-move-${MARK}${file}~a`, PASSING);
  expect(strays.has(file)).toBe(true);
  trees.move(other, "a", "d/a");
  expect(strays.has(file)).toBe(false);
});

test("moved aside by us, and by now another's half of a conflict, it is not waited for either", () => {
  const passing = `.~twinfold-move-${MARK}${file}~a`;
  trees.move("local", "a", passing);
  const half = trees.store.newId();
  trees.store.reidentify("local", file, half);
  expect(strays.has(half)).toBe(false);
});

test("the mark is drawn once for a state", () => {
  const drawn = markOf(trees.store, { next: () => 0.5 } as Randomness);
  expect(drawn).toMatch(/^\d{6}$/);
  expect(markOf(trees.store, { next: () => 0.9 } as Randomness)).toBe(drawn);
});
