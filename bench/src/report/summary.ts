import type { ContenderName } from "../contenders/contender.ts";
import type { Measure } from "../measure.ts";
import type { RowResult } from "../results.ts";
import { median, percentile } from "../rows.ts";

/** In the order of the columns. */
export const CONTENDERS: readonly ContenderName[] = ["Twinfold", "rclone", "Maestral"];

/** What the runs of one contender come to. */
export interface Summary {
  /** Null when none came to its end. */
  readonly seconds: number | null;
  /** It was cut short then: it takes longer. */
  readonly isMore: boolean;
  /** Of all edits of all runs, in seconds. */
  readonly p99: number | null;
  readonly failures: readonly string[];
  median(of: (measure: Measure) => number): number;
  /** The run whose time is the median. */
  readonly middle: Measure | null;
}

/** @returns null where it has not run */
export function summaryOf(row: RowResult, name: ContenderName): Summary | null {
  const outcomes = row.outcomes[name] ?? [];
  if (outcomes.length === 0) return null;
  const measures = outcomes.flatMap((outcome) => ("measure" in outcome ? [outcome.measure] : []));
  const failures = outcomes.flatMap((outcome) => ("failed" in outcome ? [outcome] : []));
  const latencies = measures.flatMap((measure) => measure.latencies ?? []);
  const cutShort = failures.flatMap(({ outOfTimeAfter }) => outOfTimeAfter ?? []);
  const isMore = measures.length === 0 && cutShort.length > 0;
  const times = isMore ? cutShort : measures.map(({ seconds }) => seconds);
  const time = latencies.length > 0 ? percentile(latencies, 0.5) / 1000 : median(times);
  return {
    seconds: times.length === 0 ? null : time,
    isMore,
    p99: latencies.length === 0 ? null : percentile(latencies, 0.99) / 1000,
    failures: failures.filter(({ outOfTimeAfter }) => outOfTimeAfter === null).map(({ failed }) => failed),
    median: (of) => median(measures.map(of)),
    middle: measures.find(({ seconds }) => seconds === median(times)) ?? null,
  };
}

/** The least time that a row takes: the line's, or that of the tool which was timed beside Twinfold, whichever is longer. */
export function timeBound(row: RowResult): { readonly seconds: number; readonly what: string } | null {
  const besides = (row.outcomes.Twinfold ?? []).flatMap((outcome) =>
    "measure" in outcome && outcome.measure.beside !== undefined ? [outcome.measure.beside] : [],
  );
  const machine = besides[0] === undefined ? 0 : median(besides.map(({ seconds }) => seconds));
  if (machine > (row.bound ?? 0)) return { seconds: machine, what: ` (${besides[0]?.what})` };
  return row.bound === null ? null : { seconds: row.bound, what: "" };
}
