import { z } from "zod";

/** Bytes a second; less leaves no room for what is waited for anyway. */
export const LOWEST_LIMIT = 10_000;
const HIGHEST_LIMIT = 1_000_000_000;
export const MOST_PERIODS = 20;

export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

const limit = z.number().int().min(LOWEST_LIMIT).max(HIGHEST_LIMIT).nullable();
/** Of a day, by the clock on the wall: `08:00`. */
const wallTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);

/** Bytes a second that may go each way; null for as many as there is room for. */
const limits = z.object({ up: limit, down: limit });
/** One that does not end after it begins ends on the next day. */
const period = limits.extend({ days: z.array(z.enum(WEEKDAYS)).min(1), from: wallTime, to: wallTime });

/** Limits, and others within given hours: where several periods fit, the first counts. */
export const limitsPlan = limits.extend({
  schedule: z
    .object({ timeZone: z.string().refine(isTimeZone), periods: z.array(period).min(1).max(MOST_PERIODS) })
    .nullable(),
});

export type BandwidthLimits = Readonly<z.infer<typeof limits>>;
export type LimitPeriod = Readonly<z.infer<typeof period>>;
export type LimitsPlan = Readonly<z.infer<typeof limitsPlan>>;

export const UNLIMITED: LimitsPlan = { up: null, down: null, schedule: null };

/** Whether this machine knows it, as in `Europe/Paris`. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
