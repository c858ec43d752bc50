import { z } from "zod";

/** Bytes a second; less leaves no room for what is waited for anyway. */
export const LOWEST_BANDWIDTH = 10_000;
const HIGHEST_BANDWIDTH = 1_000_000_000;
export const MOST_PERIODS = 20;

export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

const limit = z.number().int().min(LOWEST_BANDWIDTH).max(HIGHEST_BANDWIDTH).nullable();
const wallTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
const limits = z.object({ up: limit, down: limit });

/** Hours of some weekdays, by the clock on the wall; those that do not end after they begin end on the next day. */
export const limitPeriod = limits.extend({ days: z.array(z.enum(WEEKDAYS)).min(1), from: wallTime, to: wallTime });
export type LimitPeriod = z.infer<typeof limitPeriod>;

/**
 * How fast a user's sync may send and fetch, bytes a second, null for as fast as it goes; and within which hours otherwise,
 * where the first period that fits counts.
 */
export const bandwidthPlan = limits.extend({
  schedule: z
    .object({ timeZone: z.string().refine(isTimeZone), periods: z.array(limitPeriod).min(1).max(MOST_PERIODS) })
    .nullable()
    .default(null),
});
export type BandwidthPlan = z.infer<typeof bandwidthPlan>;

/** The same with what holds now, and until when: ISO 8601, null for as long as nobody changes it. */
export const bandwidth = bandwidthPlan.extend({ now: limits.extend({ until: z.string().nullable() }) });
export type Bandwidth = z.infer<typeof bandwidth>;

/** Whether this machine knows it, as in `Europe/Paris`. */
function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
