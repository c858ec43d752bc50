import type { Contender, ContenderName } from "../contenders/contender.ts";
import type { Line } from "../lower-bound.ts";
import type { Measure } from "../measure.ts";
import type { Stage } from "../stage.ts";

/** One line of the table. */
export interface Row {
  /** For `--only`. */
  readonly name: string;
  readonly what: string;
  /** What was asked of it. */
  readonly asked: string;
  /** The least seconds that it takes on a line; null where only the machine counts. */
  bound(line: Line): number | null;
}

/** What is done on a fresh stage, and the rows that come of it. */
export interface Scenario {
  readonly rows: readonly Row[];
  readonly contenders: readonly ContenderName[];
  /** Takes very long: only when it is asked for. */
  readonly long?: boolean;
  /** Yields a row's name with what it cost, one after another, so that what was measured stays if the rest fails. */
  run(stage: Stage, contender: Contender): AsyncIterable<readonly [row: string, measure: Measure]>;
}

/** So many at full scale, no fewer than `least`. */
export function scaled(count: number, scale: number, least: number): number {
  return Math.max(least, Math.round(count * scale));
}

export function told(count: number): string {
  return count.toLocaleString("en");
}

/** Lets it begin with what there is; one that does not watch has done all of it then. */
export async function startAtRest(contender: Contender): Promise<void> {
  await contender.start();
  if (contender.watches) await contender.settle("both");
}
