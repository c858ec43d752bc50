/** Of how many of the last hours, days and weeks in which there was an automatic snapshot its last one is kept. */
export interface Retention {
  readonly hourly: number;
  readonly daily: number;
  readonly weekly: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** 1970 began on a Thursday; weeks begin on Mondays. */
const MONDAY = 3 * DAY;

const PERIODS: readonly [keyof Retention, (time: number) => number][] = [
  ["hourly", (time) => Math.floor(time / HOUR)],
  ["daily", (time) => Math.floor(time / DAY)],
  ["weekly", (time) => Math.floor((time + MONDAY) / (7 * DAY))],
];

/**
 * Which automatic snapshots are to go. Hours, days and weeks are those of UTC; one in which nothing was taken counts for
 * none, so that what was long left alone keeps its snapshots. @returns ids, in the order given
 */
export function expired(
  snapshots: readonly { readonly id: string; readonly takenAt: string }[],
  keep: Retention,
): string[] {
  const newestFirst = snapshots
    .map(({ id, takenAt }) => ({ id, time: Date.parse(takenAt) }))
    .sort((a, b) => b.time - a.time);
  const kept = new Set<string>();
  for (const [period, of] of PERIODS) {
    const seen = new Set<number>();
    for (const { id, time } of newestFirst) {
      if (seen.has(of(time))) continue;
      if (seen.size >= keep[period]) break;
      seen.add(of(time));
      kept.add(id);
    }
  }
  return snapshots.map(({ id }) => id).filter((id) => !kept.has(id));
}
