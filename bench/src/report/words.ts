import type { Measure } from "../measure.ts";
import type { Outcome } from "../results.ts";
import { percentile } from "../rows.ts";
import { countOf } from "../stage.ts";

/** As many digits as tell something. */
export function seconds(value: number): string {
  if (value < 1) return `${(value * 1000).toFixed(0)} ms`;
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} s`;
}

/** Text of an SVG picture. */
export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

export function bytes(value: number): string {
  const mib = value / 1024 ** 2;
  if (mib >= 1) return `${mib.toFixed(mib < 100 ? 1 : 0)} MiB`;
  return `${(value / 1024).toFixed(0)} KiB`;
}

/** How often each route was asked, the most frequent first. */
export function routesInWords(requests: Readonly<Record<string, number>>): string {
  return Object.entries(requests)
    .sort(([, a], [, b]) => b - a)
    .map(([route, count]) => `${count} ${route.replace(/^files\//, "").replace(/^upload_session\//, "")}`)
    .join(", ");
}

/** One run, in a line of the terminal. */
export function outcomeInWords(outcome: Outcome): string {
  if ("failed" in outcome) return outcome.failed;
  const { measure } = outcome;
  return [
    timeInWords(measure),
    `${countOf(measure.requests)} requests (${routesInWords(measure.requests)})`,
    `up ${bytes(measure.bytesUp)}, down ${bytes(measure.bytesDown)}`,
    `CPU ${measure.cpuSeconds.toFixed(2)} s`,
    `RSS ${measure.rssPeak.toFixed(0)} MiB, +${(measure.rssPeak - measure.rssBefore).toFixed(0)}`,
  ].join("; ");
}

function timeInWords({ seconds: time, latencies, beside }: Measure): string {
  const more = [
    ...(latencies === undefined
      ? []
      : [`p99 ${seconds(percentile(latencies, 0.99) / 1000)}`, `worst ${seconds(Math.max(...latencies) / 1000)}`]),
    ...(beside === undefined ? [] : [`${beside.what} ${seconds(beside.seconds)}`]),
  ];
  return [seconds(time), ...more].join(", ");
}
