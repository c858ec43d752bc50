import { type BandwidthLimits, type LimitPeriod, type LimitsPlan, WEEKDAYS } from "./limits-plan.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** A week, and the day more that a change of the clocks may shift. */
const DAYS_AHEAD = 8;

/** What holds at a moment. */
export interface LimitsNow extends BandwidthLimits {
  /** When others will hold, in milliseconds since 1970; null for never. */
  readonly until: number | null;
}

/** What a plan says at a moment, in milliseconds since 1970, and until when it says so. Pure. */
export function limitsAt(plan: LimitsPlan, at: number): LimitsNow {
  const { up, down } = limitsOf(plan, at);
  const until = momentsOfChange(plan, at).find((later) => {
    const then = limitsOf(plan, later);
    return then.up !== up || then.down !== down;
  });
  return { up, down, until: until ?? null };
}

/** Whether a way is ever limited. */
export function everLimits({ schedule, ...always }: LimitsPlan, way: keyof BandwidthLimits): boolean {
  return [always, ...(schedule?.periods ?? [])].some((limits) => limits[way] !== null);
}

function limitsOf({ schedule, ...always }: LimitsPlan, at: number): BandwidthLimits {
  if (schedule === null) return always;
  const wall = at + offsetAt(schedule.timeZone, at);
  const minute = Math.floor(wall / MINUTE) % (24 * 60);
  return schedule.periods.find((period) => isWithin(period, weekdayOf(wall), minute)) ?? always;
}

function isWithin({ days, from, to }: LimitPeriod, day: number, minute: number): boolean {
  const [begins, ends] = [minuteOf(from), minuteOf(to)];
  const isOn = (one: number) => days.includes(WEEKDAYS[(one + 7) % 7] ?? "mon");
  if (begins < ends) return isOn(day) && begins <= minute && minute < ends;
  // Over midnight it is the day's on which it began.
  return (isOn(day) && minute >= begins) || (isOn(day - 1) && minute < ends);
}

/**
 * Every moment ahead at which something may change, in their order: when the clock on the wall shows the beginning or the end
 * of a period, and when it is put forward or back.
 */
function momentsOfChange({ schedule }: LimitsPlan, at: number): number[] {
  if (schedule === null) return [];
  const { timeZone, periods } = schedule;
  const samples = Array.from({ length: DAYS_AHEAD + 1 }, (_, day) => at + day * DAY);
  const moments = new Set(samples.slice(1).flatMap((end) => offsetChange(timeZone, end - DAY, end)));
  const offsets = new Set(samples.map((one) => offsetAt(timeZone, one)));
  const today = Math.floor((at + offsetAt(timeZone, at)) / DAY) * DAY;
  for (const minute of new Set(periods.flatMap(({ from, to }) => [minuteOf(from), minuteOf(to)]))) {
    for (let day = 0; day <= DAYS_AHEAD; day++)
      // By each offset: an hour that comes twice has two such moments, and what is no change is passed over.
      for (const offset of offsets) moments.add(today + day * DAY + minute * MINUTE - offset);
  }
  return [...moments].filter((one) => one > at).sort((a, b) => a - b);
}

/** When the clocks are changed in that time, to the minute; empty when they are not. */
function offsetChange(timeZone: string, from: number, to: number): number[] {
  const before = offsetAt(timeZone, from);
  if (before === offsetAt(timeZone, to)) return [];
  let [low, high] = [Math.floor(from / MINUTE), Math.ceil(to / MINUTE)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(timeZone, middle * MINUTE) === before) low = middle;
    else high = middle;
  }
  return [high * MINUTE];
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Milliseconds that the clocks of a zone are ahead of UTC. */
function offsetAt(timeZone: string, at: number): number {
  let format = formats.get(timeZone);
  if (format === undefined) {
    const numeric = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric" } as const;
    format = new Intl.DateTimeFormat("en-US", {
      ...{ ...numeric, minute: "numeric", second: "numeric" },
      ...{ timeZone, hourCycle: "h23" },
    });
    formats.set(timeZone, format);
  }
  const shown = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

/** 0 for a Monday. The first of January 1970 was a Thursday. */
const weekdayOf = (wall: number) => (Math.floor(wall / DAY) + 3) % 7;

function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
}
