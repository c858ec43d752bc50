/** Limits of bandwidth and their hours: light, for those who only keep, show or change them. */
export {
  type BandwidthLimits,
  isTimeZone,
  type LimitPeriod,
  type LimitsPlan,
  LOWEST_LIMIT,
  limitsPlan,
  MOST_PERIODS,
  UNLIMITED,
  WEEKDAYS,
  type Weekday,
} from "./limits-plan.ts";
export { type LimitsNow, limitsAt } from "./limits-schedule.ts";
