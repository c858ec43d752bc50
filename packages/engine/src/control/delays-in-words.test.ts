import { expect, test } from "vitest";
import { delaysInWords } from "./delays-in-words.ts";

const of = (median: number, count = 40) => ({ median, percentile95: 2 * median, count });

test("a person is told of the directions that were measured, and of how many changes that was", () => {
  expect(delaysInWords(null, null)).toBeNull();
  expect(delaysInWords(of(310), of(444))).toBe(
    "A saved file is in Dropbox after 0.3 s, usually; a change there is here after 0.4 s (last 40 changes each way).",
  );
  expect(delaysInWords(of(310, 40), of(444, 7))).toMatch(/ \(last 40 and 7 changes\)\.$/);
  expect(delaysInWords(of(310, 3), null)).toBe("A saved file is in Dropbox after 0.3 s, usually (last 3 changes).");
  expect(delaysInWords(null, of(444, 3))).toBe("A change in Dropbox is here after 0.4 s, usually (last 3 changes).");
  expect(delaysInWords(of(310, 1), null)).toMatch(/ \(one change so far\)\.$/);
});

test.each([
  [1, "0.1 s"],
  [96, "0.1 s"],
  [1_949, "1.9 s"],
  [9_940, "9.9 s"],
  [9_960, "10 s"],
  [99_400, "99 s"],
  [99_600, "2 min"],
])("%i ms are %s", (milliseconds, words) => {
  expect(delaysInWords(of(milliseconds), null)).toContain(` after ${words}, usually`);
});
