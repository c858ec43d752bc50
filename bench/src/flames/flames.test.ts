import { expect, test } from "vitest";
import { type CpuProfile, workOf } from "./cpu-profile.ts";
import { flameGraph } from "./flame.ts";

const frame = (functionName: string, url = "") => ({ functionName, url });
/** One sample each 10 µs: idle, plan > read, plan > read, plan, land; from 1000 µs on. */
const PROFILE: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame("(root)"), children: [2, 3, 5] },
    { id: 2, callFrame: frame("(idle)") },
    { id: 3, callFrame: frame("plan", "file:///x/packages/engine/src/plan.ts"), children: [4] },
    { id: 4, callFrame: frame("read", "file:///x/node_modules/@a/store/read.js") },
    { id: 5, callFrame: frame("", "node:fs") },
  ],
  startTime: 1000,
  samples: [2, 4, 4, 3, 5],
  timeDeltas: [10, 10, 10, 10, 10],
};

test("time is added up by who has called whom, without waiting, and only within the span", () => {
  const { root, span } = workOf(PROFILE, { from: 1000, to: 1050 });
  expect([root.time, span]).toEqual([40, 50]);
  const told = [...root.calls.values()].map(({ name, part, time }) => `${part} ${name} ${time}`);
  expect(told).toEqual(["engine plan 30", "node node:fs 10"]);
  const [plan] = root.calls.values();
  expect([...(plan?.calls.values() ?? [])].map(({ part, time }) => [part, time])).toEqual([["@a/store", 20]]);
  expect(workOf(PROFILE, { from: 1030, to: 1040 }).root.time).toBe(10);
});

test("the picture has a bar for each function, as wide as its share, below the one that called it", () => {
  const picture = flameGraph("up", workOf(PROFILE, { from: 1000, to: 1050 }));
  const barOf = (name: string) =>
    new RegExp(`<title>${name} [^<]*</title><rect class="(\\w+)" x="([0-9.]+)" y="(\\d+)" width="([0-9.]+)"`)
      .exec(picture)
      ?.slice(1);
  expect(barOf("plan")).toEqual(["engine", "0.0", "58", "900.0"]);
  expect(barOf("read")).toEqual(["other", "0.0", "75", "600.0"]);
  expect(picture).toContain("plan (engine), 75.0 %");
});
