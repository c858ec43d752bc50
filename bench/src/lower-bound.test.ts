import { expect, test } from "vitest";
import { downloadBound, type Line, listingBound, requestBound, uploadBound } from "./lower-bound.ts";

const MIB = 1024 * 1024;
const line: Line = {
  latencyMs: 150,
  commitMs: 300,
  uploadBytesPerSecond: 10 * MIB,
  downloadBytesPerSecond: 10 * MIB,
};

test("files up take a round trip for their bytes and one for their commit; an edit has both in one", () => {
  expect(uploadBound(line, 1, 0)).toBeCloseTo(0.15 + 0.15);
  expect(requestBound(line)).toBeCloseTo(0.15);
});

test("large files take their bytes' time, many small ones that of their commits", () => {
  expect(uploadBound(line, 20, 2000 * MIB)).toBeCloseTo(0.3 + 200);
  expect(uploadBound(line, 10_000, 1 * MIB)).toBeCloseTo(0.3 + 9 * 0.3);
});

test("what comes down takes the longer of its pages and its bytes, after the round trips of the first page and the contents", () => {
  expect(downloadBound(line, 10_000, 1 * MIB)).toBeCloseTo(0.3 + 4 * 0.15);
  expect(downloadBound(line, 10_000, 100 * MIB)).toBeCloseTo(0.3 + 10);
});

test("a page of a listing holds 2,000 entries", () => {
  expect(listingBound(line, 2000)).toBeCloseTo(0.15);
  expect(listingBound(line, 2001)).toBeCloseTo(0.3);
});

test("where nothing is in the way there is no bound", () => {
  const free: Line = { latencyMs: 0, commitMs: 0, uploadBytesPerSecond: null, downloadBytesPerSecond: null };
  expect([uploadBound(free, 1e6, 1e12), downloadBound(free, 1e6, 1e12), requestBound(free)]).toEqual([0, 0, 0]);
});
