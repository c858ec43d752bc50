import { describe, expect, test } from "vitest";
import { type LimitPeriod, type LimitsPlan, limitsAt, limitsPlan, WEEKDAYS } from "../src/limits.ts";
import { everLimits } from "../src/limits-schedule.ts";

const MB = 1_000_000;
const KB = 1_000;

const period = (
  days: string,
  from: string,
  to: string,
  up: number | null,
  down: number | null = null,
): LimitPeriod => ({
  days: days.split(" ") as LimitPeriod["days"],
  ...{ from, to, up, down },
});
const plan = (timeZone: string, ...periods: LimitPeriod[]): LimitsPlan =>
  limitsPlan.parse({ up: 5 * MB, down: null, schedule: { timeZone, periods } });

const office = plan("Europe/Zurich", period("mon tue wed thu fri", "08:00", "18:00", MB));
const nights = plan("Europe/Zurich", period("fri", "22:00", "06:00", 100 * KB));
const allDay = plan("UTC", period("sun", "00:00", "00:00", 100 * KB));
const lunch = plan("UTC", period("mon", "12:00", "13:00", null), period("mon", "08:00", "18:00", MB));
const adjacent = plan("UTC", period("mon", "08:00", "12:00", MB), period("mon", "12:00", "18:00", MB));
const always = plan("UTC", period(WEEKDAYS.join(" "), "00:00", "00:00", MB));
const inTheGap = plan("Europe/Zurich", period("sun", "02:15", "02:45", MB));
const overTheGap = plan("Europe/Zurich", period("sun", "01:00", "04:00", MB));
const asItIs = plan("Europe/Zurich", period("sun", "02:15", "02:45", 5 * MB));
const atHalfPast = plan("Asia/Kolkata", period("mon", "08:00", "18:00", MB));

/** 2026-11-30 is a Monday. Zurich: UTC+1, from 2026-03-29 01:00 UTC on UTC+2, from 2026-10-25 01:00 UTC on UTC+1. */
test.each<[what: string, LimitsPlan, at: string, up: number | null, until: string | null]>([
  ["before the hours of a day", office, "2026-11-30T06:59:59Z", 5 * MB, "2026-11-30T07:00:00Z"],
  ["from their first moment", office, "2026-11-30T07:00:00Z", MB, "2026-11-30T17:00:00Z"],
  ["to their last", office, "2026-11-30T16:59:59.999Z", MB, "2026-11-30T17:00:00Z"],
  ["from their end on", office, "2026-11-30T17:00:00Z", 5 * MB, "2026-12-01T07:00:00Z"],
  ["over days that have none", office, "2026-12-04T17:00:00Z", 5 * MB, "2026-12-07T07:00:00Z"],
  ["on a day that has none", office, "2026-12-05T11:00:00Z", 5 * MB, "2026-12-07T07:00:00Z"],
  ["by the clock of summer", office, "2026-07-01T06:00:00Z", MB, "2026-07-01T16:00:00Z"],
  ["over a weekend on which the clocks go forward", office, "2026-03-27T17:00:00Z", 5 * MB, "2026-03-30T06:00:00Z"],
  ["over a weekend on which they go back", office, "2026-10-23T16:00:00Z", 5 * MB, "2026-10-26T07:00:00Z"],

  ["in the evening of a night's", nights, "2026-12-04T21:00:00Z", 100 * KB, "2026-12-05T05:00:00Z"],
  ["after its midnight", nights, "2026-12-05T04:59:59Z", 100 * KB, "2026-12-05T05:00:00Z"],
  ["after its end", nights, "2026-12-05T05:00:00Z", 5 * MB, "2026-12-11T21:00:00Z"],
  ["on the morning of its own day", nights, "2026-12-04T03:00:00Z", 5 * MB, "2026-12-04T21:00:00Z"],

  ["on a whole day", allDay, "2026-11-29T00:00:00Z", 100 * KB, "2026-11-30T00:00:00Z"],
  ["after a whole day", allDay, "2026-11-30T00:00:00Z", 5 * MB, "2026-12-06T00:00:00Z"],
  ["where it is each whole day", always, "2026-11-30T12:00:00Z", MB, null],

  ["by the first that fits", lunch, "2026-11-30T12:30:00Z", null, "2026-11-30T13:00:00Z"],
  ["until the first that fits", lunch, "2026-11-30T11:00:00Z", MB, "2026-11-30T12:00:00Z"],
  ["through two that say the same", adjacent, "2026-11-30T09:00:00Z", MB, "2026-11-30T18:00:00Z"],
  ["in none that differs", asItIs, "2026-11-30T09:00:00Z", 5 * MB, null],

  ["over hours that are left out", inTheGap, "2026-03-29T00:59:00Z", 5 * MB, "2026-04-05T00:15:00Z"],
  ["into an hour that is left out", overTheGap, "2026-03-29T00:30:00Z", MB, "2026-03-29T02:00:00Z"],
  ["in an hour that comes twice, first", inTheGap, "2026-10-25T00:20:00Z", MB, "2026-10-25T00:45:00Z"],
  ["between the two", inTheGap, "2026-10-25T00:45:00Z", 5 * MB, "2026-10-25T01:15:00Z"],
  ["in an hour that comes twice, second", inTheGap, "2026-10-25T01:15:00Z", MB, "2026-10-25T01:45:00Z"],
  ["over an hour that comes twice", overTheGap, "2026-10-24T23:00:00Z", MB, "2026-10-25T03:00:00Z"],
  ["in a zone that is half an hour off", atHalfPast, "2026-11-30T02:30:00Z", MB, "2026-11-30T12:30:00Z"],
])("%s", (_, given, at, up, until) => {
  const now = limitsAt(given, Date.parse(at));
  expect([now.up, now.until === null ? null : new Date(now.until).toISOString()]).toEqual([
    up,
    until === null ? null : new Date(until).toISOString(),
  ]);
});

test("without a schedule there is no end", () => {
  expect(limitsAt({ up: MB, down: null, schedule: null }, 0)).toEqual({ up: MB, down: null, until: null });
});

test("a way that is limited at some hour only is one that is limited", () => {
  expect([everLimits(office, "up"), everLimits(office, "down")]).toEqual([true, false]);
  const downAtNight = { ...plan("UTC", period("mon", "00:00", "01:00", null, MB)), up: null };
  expect([everLimits(downAtNight, "up"), everLimits(downAtNight, "down")]).toEqual([false, true]);
});

describe("what is no plan", () => {
  const good = period("mon", "08:00", "18:00", MB);
  test.each([
    ["a time that there is not", { ...good, to: "24:00" }],
    ["hours without a day", { ...good, days: [] }],
    ["too low a limit", { ...good, up: 9_999 }],
  ])("%s", (_, bad) => {
    expect(limitsPlan.safeParse({ up: null, down: null, schedule: { timeZone: "UTC", periods: [bad] } }).success).toBe(
      false,
    );
  });
  test("a zone that nobody knows", () => {
    const schedule = { timeZone: "Europe/Atlantis", periods: [good] };
    expect(limitsPlan.safeParse({ up: null, down: null, schedule }).success).toBe(false);
  });
});
