import fc from "fast-check";
import { expect, test } from "vitest";
import { expired, type Retention } from "./retention.ts";

const at = (...times: string[]) => times.map((time) => ({ id: time, takenAt: `2026-${time}:00.000Z` }));
const keep = (hourly: number, daily: number, weekly: number): Retention => ({ hourly, daily, weekly });

test("the last of each hour, day and week is kept, for as many of them as asked for", () => {
  // 2026-11-30 is a Monday.
  const all = at(
    "12-02T10:40",
    "12-02T10:05",
    "12-02T09:55",
    "12-02T08:00",
    "12-01T23:59",
    "12-01T00:00",
    "11-30T00:01",
    "11-29T23:59",
    "11-23T12:00",
    "11-22T12:00",
  );
  expect(expired(all, keep(2, 0, 0))).toEqual(
    all.map(({ id }) => id).filter((id) => !["12-02T10:40", "12-02T09:55"].includes(id)),
  );
  expect(expired(all, keep(0, 3, 0))).not.toContain("12-01T23:59");
  expect(expired(all, keep(0, 3, 0))).toEqual(
    all.map(({ id }) => id).filter((id) => !["12-02T10:40", "12-01T23:59", "11-30T00:01"].includes(id)),
  );
  expect(expired(all, keep(0, 0, 3))).toEqual(
    all.map(({ id }) => id).filter((id) => !["12-02T10:40", "11-29T23:59", "11-22T12:00"].includes(id)),
  );
  expect(expired(all, keep(1, 2, 2))).toEqual(
    all.map(({ id }) => id).filter((id) => !["12-02T10:40", "12-01T23:59", "11-29T23:59"].includes(id)),
  );
});

test("what was left alone for months loses none: hours without a snapshot count for nothing", () => {
  expect(expired(at("01-05T10:00", "03-05T10:00", "07-05T10:00"), keep(3, 0, 0))).toEqual([]);
});

test("the newest is always kept, and what is kept once is kept again, in whatever order they come", () => {
  const time = fc
    .integer({ min: 0, max: 60 * 24 * 60 })
    .map((minutes) => new Date(1.8e12 + minutes * 60_000).toISOString());
  const count = fc.integer({ min: 0, max: 20 });
  fc.assert(
    fc.property(
      fc.uniqueArray(time, { maxLength: 60 }),
      fc.tuple(fc.integer({ min: 1, max: 20 }), count, count),
      (times, [hourly, daily, weekly]) => {
        const all = times.map((takenAt) => ({ id: takenAt, takenAt }));
        const gone = new Set(expired(all, { hourly, daily, weekly }));
        const left = all.filter(({ id }) => !gone.has(id));
        expect(left.length).toBeLessThanOrEqual(hourly + daily + weekly);
        if (times.length > 0) expect(gone.has(times.toSorted().at(-1) ?? "")).toBe(false);
        expect(expired(left.toReversed(), { hourly, daily, weekly })).toEqual([]);
      },
    ),
  );
});
