import { beforeEach, expect, test } from "vitest";
import type { RelativePath } from "../ports/values.ts";
import { createRescans, type Rescans } from "./rescans.ts";

const SECOND = 1_000;
const MINUTE = 60_000;
const ROOT = "" as RelativePath;

let now: number;
/** Which folder was looked at, and when. */
let looks: { readonly path: RelativePath; readonly at: number }[];

beforeEach(() => {
  now = 5_000_000;
  looks = [];
});

/** So many folders in each of so many others. */
function rescansOf(outer: number, inner: number, every: number | null = null): Rescans {
  const names = (count: number, prefix: string) =>
    Array.from({ length: count }, (_, number) => `${prefix}${number}` as RelativePath);
  const foldersIn = (path: RelativePath) =>
    path === "" ? names(outer, "f") : path.includes("/") ? [] : names(inner, `${path}/g`);
  const clock = { monotonic: () => now, now: () => now, sleep: () => Promise.resolve() };
  return createRescans({ clock, every, foldersIn });
}

/** Lets time pass as the control loop does: rests until there is something to do, does it, and each look takes so long. */
function live(rescans: Rescans, time: number, cost: number): void {
  const end = now + time;
  while (now < end) {
    now = Math.min(end, now + (rescans.nextLook() ?? time));
    if (!rescans.isDue()) continue;
    for (let path = rescans.next(); path !== null; path = rescans.next()) {
      looks.push({ path, at: now });
      now += cost;
      rescans.looked(cost);
    }
  }
}

const timesOf = (path: string) => looks.filter((look) => look.path === path).map(({ at }) => at);
const gaps = (times: readonly number[]) => times.slice(1).map((at, index) => at - (times[index] ?? 0));

test("where all is told of, there is nothing to do", () => {
  const rescans = rescansOf(10, 10);
  rescans.over([]);
  live(rescans, 10 * MINUTE, 1);
  expect([looks, rescans.isDue(), rescans.nextLook(), rescans.within()]).toEqual([[], false, null, null]);
});

test("each folder is looked at once in 45 seconds, and so within a minute", () => {
  const rescans = rescansOf(20, 9);
  rescans.over([ROOT]);
  live(rescans, 10 * MINUTE, 1);
  for (const path of ["", "f0", "f19", "f7/g8"]) {
    const times = timesOf(path);
    expect(times.length).toBeGreaterThan(11);
    for (const gap of gaps(times)) expect(gap).toBeLessThan(50 * SECOND);
  }
  // 201 folders in 13 rounds.
  expect(looks.length).toBe(201 * 13);
  expect(rescans.within()).toBe(45 * SECOND);
});

test("a place that lies in another is no place of its own; one that comes is looked at from then on", () => {
  const rescans = rescansOf(3, 2);
  rescans.over(["f1" as RelativePath, "f1/g0" as RelativePath]);
  live(rescans, 46 * SECOND, 1);
  expect(looks.map(({ path }) => path).sort()).toEqual(["f1", "f1/g0", "f1/g1"]);
  looks = [];
  rescans.over(["f1" as RelativePath, "f2" as RelativePath]);
  live(rescans, 46 * SECOND, 1);
  expect(looks.map(({ path }) => path).sort()).toEqual(["f1", "f1/g0", "f1/g1", "f2", "f2/g0", "f2/g1"]);
  rescans.over([]);
  expect(rescans.nextLook()).toBeNull();
});

test("however many folders there are, a tenth of the time goes into them, a quarter of a second at once; how long a round takes is said", () => {
  const rescans = rescansOf(100, 100);
  rescans.over([ROOT]);
  live(rescans, 60 * MINUTE, 20);
  const ofEachMinute = new Map<number, number>();
  for (const { at } of looks)
    ofEachMinute.set(Math.floor(at / MINUTE), (ofEachMinute.get(Math.floor(at / MINUTE)) ?? 0) + 20);
  for (const milliseconds of ofEachMinute.values()) expect(milliseconds).toBeLessThanOrEqual(0.1 * MINUTE + 300);
  // In a row, until there is a pause.
  let inARow = 0;
  for (const gap of gaps(looks.map(({ at }) => at))) {
    inARow = gap === 20 ? inARow + 1 : 1;
    expect(inARow * 20).toBeLessThanOrEqual(260);
  }
  // 10,101 folders of 20 ms, of which a tenth of the time is spent: 34 minutes.
  expect(rescans.within()).toBeGreaterThan(33 * MINUTE);
  expect(rescans.within()).toBeLessThan(37 * MINUTE);
  expect(gaps(timesOf("f99/g99"))[0] ?? 0).toBeLessThan(37 * MINUTE);
});

test("a round that takes longer than all before is told of before it is over", () => {
  const rescans = rescansOf(100, 100);
  rescans.over([ROOT]);
  live(rescans, 10 * MINUTE, 20);
  expect(rescans.within()).toBeGreaterThan(9 * MINUTE);
});

test("a folder in which something was found is looked at every five seconds, for two minutes since it was last so", () => {
  const rescans = rescansOf(20, 9);
  rescans.over([ROOT]);
  live(rescans, 50 * SECOND, 1);
  rescans.found("f3/g1" as RelativePath);
  looks = [];
  live(rescans, MINUTE, 1);
  rescans.found("f3/g1" as RelativePath);
  live(rescans, 2 * MINUTE, 1);
  for (const gap of gaps(timesOf("f3/g1"))) expect(gap).toBeLessThan(5_500);
  expect(timesOf("f3/g1").length).toBeGreaterThan(35);
  expect(timesOf("f3/g2").length).toBeLessThan(6);
  looks = [];
  live(rescans, 3 * MINUTE, 1);
  expect(timesOf("f3/g1").length).toBeLessThan(7);
});

test("only the last 32 such folders are, and their time is of the same tenth", () => {
  const rescans = rescansOf(20, 9);
  rescans.over([ROOT]);
  live(rescans, SECOND, 1);
  for (let number = 0; number < 20; number++)
    for (let inner = 0; inner < 9; inner++) rescans.found(`f${number}/g${inner}` as RelativePath);
  looks = [];
  live(rescans, 28 * SECOND, 1);
  expect(new Set(looks.map(({ path }) => path)).size).toBe(32);
  expect(looks.length).toBe(32 * 5);
  looks = [];
  live(rescans, 10 * MINUTE, 100);
  expect(looks.length * 100).toBeLessThanOrEqual(MINUTE + 300);
  // They hold up nobody.
  expect(new Set(looks.map(({ path }) => path)).size).toBe(201);
});

test("the interval is another where it is set so", () => {
  const rescans = rescansOf(20, 9, 10 * SECOND);
  rescans.over([ROOT]);
  live(rescans, 10 * MINUTE, 1);
  expect(timesOf("f7/g8").length).toBeGreaterThan(57);
  expect(rescans.within()).toBe(10 * SECOND);
});
