import type { ContenderName } from "../contenders/contender.ts";
import type { RowResult } from "../results.ts";
import { CONTENDERS, summaryOf, timeBound } from "./summary.ts";
import { escaped, seconds } from "./words.ts";

const WIDTH = 1040;
const LEFT = 480;
const RIGHT = 110;
const BAR = 12;
const GAP = 14;
const TOP = 40;

/** Readable on light and on dark pages: the colours have contrast on both, the words take that of the page. */
const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #24292f; }
  .grid { stroke: #8c959f; stroke-opacity: 0.35; }
  .bound { stroke: #24292f; stroke-width: 2; }
  .Twinfold { fill: #2f81f7; } .rclone { fill: #bf8700; } .Maestral { fill: #a371f7; }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3; } .bound { stroke: #e6edf3; } }`;

interface Bar {
  readonly name: ContenderName;
  readonly seconds: number;
  readonly isMore: boolean;
}

interface Group {
  readonly what: string;
  readonly bound: number | null;
  readonly bars: readonly Bar[];
}

/** Wall times as bars, one group a row, with the lower bound as a line across; an SVG picture. */
export function plot(rows: readonly RowResult[]): string {
  const groups = rows.flatMap(groupOf);
  const all = groups
    .flatMap(({ bars, bound }) => [...bars.map((bar) => bar.seconds), bound ?? 0])
    .filter((one) => one > 0);
  // From the power of ten below all to the one above.
  const least = Math.floor(Math.log10(Math.min(1, ...all)));
  const most = Math.ceil(Math.log10(Math.max(1, ...all)));
  const x = (value: number) =>
    LEFT + ((Math.log10(Math.max(value, 10 ** least)) - least) / Math.max(1, most - least)) * (WIDTH - LEFT - RIGHT);
  let y = TOP;
  const drawn = groups.map((group) => {
    const top = y;
    y += group.bars.length * BAR + GAP;
    return drawGroup(group, top, x);
  });
  const ticks = Array.from({ length: most - least + 1 }, (_, index) => 10 ** (least + index));
  const grid = ticks.map(
    (tick) =>
      `<line class="grid" x1="${at(x(tick))}" x2="${at(x(tick))}" y1="${TOP - 8}" y2="${y}"/>` +
      `<text x="${at(x(tick))}" y="${TOP - 14}" text-anchor="middle">${seconds(tick)}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y + 30}" role="img">
<title>Wall times on a logarithmic scale; the upright line in a group is its lower bound</title>
<style>${STYLE}
</style>
${[...grid, ...drawn, legend(y + 18)].join("\n")}
</svg>
`;
}

function groupOf(row: RowResult): Group[] {
  const bars = CONTENDERS.flatMap((name) => {
    const summary = summaryOf(row, name);
    return summary === null || summary.seconds === null
      ? []
      : [{ name, seconds: summary.seconds, isMore: summary.isMore }];
  });
  // While nothing is done, time is no result.
  if (bars.length === 0 || row.name.endsWith("idle")) return [];
  return [{ what: row.what, bound: timeBound(row)?.seconds ?? null, bars }];
}

function drawGroup({ what, bound, bars }: Group, top: number, x: (value: number) => number): string {
  const height = bars.length * BAR;
  const drawn = bars.map((bar, index) => {
    const y = top + index * BAR;
    const width = Math.max(1, x(bar.seconds) - LEFT);
    const label = `${bar.isMore ? "> " : ""}${seconds(bar.seconds)}`;
    return (
      `<rect class="${bar.name}" x="${LEFT}" y="${y}" width="${at(width)}" height="${BAR - 2}"/>` +
      `<text x="${at(LEFT + width + 5)}" y="${y + BAR - 3}">${label}</text>`
    );
  });
  const line =
    bound === null
      ? ""
      : `<line class="bound" x1="${at(x(bound))}" x2="${at(x(bound))}" y1="${top - 3}" y2="${top + height + 1}"/>`;
  return [
    `<text x="${LEFT - 8}" y="${top + height / 2 + 3}" text-anchor="end">${escaped(what)}</text>`,
    ...drawn,
    line,
  ].join("");
}

function legend(y: number): string {
  const names = CONTENDERS.map(
    (name, index) =>
      `<rect class="${name}" x="${LEFT + index * 90}" y="${y - 10}" width="10" height="10"/>` +
      `<text x="${LEFT + index * 90 + 15}" y="${y}">${name}</text>`,
  );
  const x = LEFT + names.length * 90;
  return `${names.join("")}<line class="bound" x1="${x + 5}" x2="${x + 5}" y1="${y - 11}" y2="${y + 1}"/><text x="${x + 15}" y="${y}">lower bound</text>`;
}

function at(value: number): string {
  return value.toFixed(1);
}
