import { expect, test } from "vitest";
import type { Measure } from "../measure.ts";
import type { Outcome, RowResult } from "../results.ts";
import { plot } from "./plot.ts";
import { benchmarks } from "./report.ts";

const conditions = {
  latencyMs: 150,
  commitMs: 300,
  lockWaitMs: 1000,
  uploadBytesPerSecond: 10 * 1024 * 1024,
  downloadBytesPerSecond: null,
  requestsPerSecond: 12,
};

function took(seconds: number, more: Partial<Measure> = {}): Outcome {
  const requests = { "files/upload": seconds * 10, "files/list_folder/longpoll": 7 };
  const measure = { seconds, requests, bytesUp: 2048, bytesDown: 0, cpuSeconds: 1, rssBefore: 100, rssPeak: 120 };
  return { measure: { ...measure, ...more } };
}

function rowOf(more: Partial<RowResult>): RowResult {
  return {
    ...{ name: "up", what: "up: 10 files", asked: "5 x rclone", bound: 2, profile: "typical", conditions },
    ...{ date: "2026-01-02T03:04:05Z", commit: "abc1234", words: ["--peers"], scale: 1, outcomes: {}, ...more },
  };
}

function pageOf(...rows: RowResult[]): string {
  return benchmarks({ machine: "2 x a processor", versions: "Node v24", rows });
}

test("times are medians, Twinfold's beside the bound and the others' beside Twinfold's", () => {
  const outcomes = { Twinfold: [took(9), took(3), took(4)], rclone: [took(20), took(40), took(30)] };
  expect(pageOf(rowOf({ outcomes }))).toContain(
    "| up: 10 files | 5 x rclone | 2.00 s | 4.00 s (2.00 x) | 30.0 s (7.50 x) | – |",
  );
});

test("requests are counted without long polls, and told by route with them", () => {
  const page = pageOf(rowOf({ outcomes: { Twinfold: [took(4)] } }));
  expect(page).toContain("| up: 10 files | Twinfold | 40 | 2 KiB | 0 KiB | 1.00 s | 120 MiB, +20 |");
  expect(page).toContain("| up: 10 files | Twinfold | 40 upload, 7 list_folder/longpoll |");
});

test("what ran out of time takes longer than that, and a failure is told", () => {
  const outcomes = {
    Twinfold: [took(4)],
    rclone: [{ failed: "it ended with 1 | so", outOfTimeAfter: null }],
    Maestral: [{ failed: "the run was ended", outOfTimeAfter: 60 }],
  };
  const page = pageOf(rowOf({ outcomes }));
  expect(page).toContain("| 4.00 s (2.00 x) | 1 failed: it ended with 1 \\| so | > 60.0 s (> 15 x) |");
});

test("edits have their median and their 99th percentile over all runs", () => {
  const latencies = Array.from({ length: 100 }, (_, index) => index + 1);
  const outcomes = { Twinfold: [took(0.05, { latencies }), took(0.05, { latencies })] };
  expect(pageOf(rowOf({ outcomes, bound: 0.025 }))).toContain("| 50 ms, p99 99 ms (2.00 x) |");
});

test("the bound is that of the tool that was timed in the same run, where the line's is shorter", () => {
  const beside = (seconds: number) => ({ beside: { what: "find", seconds } });
  const outcomes = { Twinfold: [took(3, beside(1)), took(3, beside(1.5)), took(3, beside(2))] };
  expect(pageOf(rowOf({ outcomes, bound: null }))).toContain("| 1.50 s (find) | 3.00 s (2.00 x) |");
});

test("the picture has a bar for each that ran, on one scale, and a line for the bound", () => {
  const picture = plot([rowOf({ outcomes: { Twinfold: [took(1)], Maestral: [took(100)] }, bound: 10 })]);
  const width = (name: string) => Number(new RegExp(`<rect class="${name}"[^>]* width="([0-9.]+)"`).exec(picture)?.[1]);
  const line = Number(/<line class="bound" x1="([0-9.]+)"/.exec(picture)?.[1]);
  const left = Number(/<rect class="Maestral" x="([0-9.]+)"/.exec(picture)?.[1]);
  expect(width("Maestral")).toBeCloseTo(2 * (line - left), 0);
  expect(width("Twinfold")).toBe(1);
});

test("what was measured at a part of the work stands apart, and says so", () => {
  const page = pageOf(rowOf({ what: "all of it" }), rowOf({ what: "some of it", scale: 0.05 }));
  const [all, some] = page.split("### 5 % of the work\n");
  expect(all).toContain("### The whole work\n\n");
  expect(all?.match(/^\| all of it/gm)).toHaveLength(1);
  expect(some).toContain("| some of it");
  expect(pageOf(rowOf({}))).not.toContain("% of the work");
});
