import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ContenderName, Way } from "../contenders/contender.ts";
import { rcloneFlags } from "../contenders/rclone.ts";
import { type Results, type RowResult, readResults } from "../results.ts";
import { countOf } from "../stage.ts";
import { plot } from "./plot.ts";
import { CONTENDERS, type Summary, summaryOf, timeBound } from "./summary.ts";
import { bytes, routesInWords, seconds } from "./words.ts";

/** Writes what a file of results says, for people. @returns the files that were written */
export function writeReport(file: string, folder: string): readonly string[] {
  const results = readResults(file);
  const page = join(folder, "benchmarks.md");
  const picture = join(folder, "benchmarks.svg");
  const rows = [...results.rows].sort((a, b) => b.scale - a.scale);
  const flames = rows.filter(({ name, scale }) => scale === 1 && existsSync(join(folder, flameOf(name))));
  writeFileSync(page, benchmarks({ ...results, rows }, flames));
  writeFileSync(picture, plot(rows));
  return [page, picture];
}

/** Where a row's flame graph lies beside the page, if it was drawn. */
const flameOf = (name: string) => `flames/${name}.svg`;

/** The page, in Markdown. @param flames rows of which there is a flame graph */
export function benchmarks({ machine, versions, rows }: Results, flames: readonly RowResult[] = []): string {
  return `# Benchmarks

Made by \`npm run bench -- --report docs/benchmarks.json\` from what runs have measured: nothing here is written by hand.

| | |
| --- | --- |
| machine | ${machine} |
| versions | ${versions} |
| measured | ${spanOf(rows.map(({ date }) => date.slice(0, 10)))}, Twinfold ${spanOf(rows.map(({ commit }) => commit))} |
| called as | ${[...new Set(rows.map(({ words }) => `\`npm run bench -- ${words.join(" ")}\``))].join("<br>")} |
| the local Dropbox is | ${[...new Set(rows.map(conditionsOf))].join("<br>")} |

${HOW}
rclone's flags: \`${flagsOf("both", rows)}\`. Up, down and for a copy it is \`rclone sync\`; for both ways, the
first sync and *nothing changed* \`bisync --create-empty-src-dirs --force\`; for a rename and a deletion
\`sync --track-renames --create-empty-src-dirs\` with \`${flagsOf("follow", rows)}\`, as Dropbox refuses more commits at once.
\`--fast-list\` does nothing at Dropbox, and \`--size-only\` would look less closely.

![Wall times, on a logarithmic scale](benchmarks.svg)

## Time
In brackets: how many times what Twinfold takes; for Twinfold, how many times the lower bound.

${timesByScale(rows)}

## Cost
Requests without long polls; memory is what was resident at the peak, and how much more that is than before.

${table(["work", "", "requests", "to Dropbox", "from Dropbox", "CPU", "memory"], rows.flatMap(costCells))}

## Requests by route
The middle run of each.

${table(["work", "", "requests"], rows.flatMap(routeCells))}
${flames.length === 0 ? "" : flamesInWords(flames)}`;
}

/** What was asked is asked of the whole work: where it is less, that is said. */
function timesByScale(rows: readonly RowResult[]): string {
  const scales = [...new Set(rows.map(({ scale }) => scale))];
  const parts = scales.map((scale) => {
    const some = rows.filter((row) => row.scale === scale);
    const share = `### ${Number((scale * 100).toPrecision(3))} % of the work\nThe figures asked for are about all of it: here what a start costs weighs more, and batches are smaller.`;
    const heading = scale === 1 ? "### The whole work" : share;
    return `${heading}\n\n${table(["work", "asked", "lower bound", ...CONTENDERS], some.map(timeCells))}`;
  });
  return parts.join("\n\n");
}

function flamesInWords(flames: readonly RowResult[]): string {
  const pictures = flames.map(({ name, what }) => `![${what}](${flameOf(name)})`);
  return `
## Where the time goes
What the main thread of Twinfold's daemon does in these rows, sampled in a run of its own (\`npm run bench -- --flames docs/flames\`). Opened
by itself, each picture tells shares under the pointer.

${pictures.join("\n\n")}
`;
}

const HOW = `Each figure is the median of its runs. Each run has a local Dropbox, an account, a folder and a state of its own, and all programs reach
it by TLS; they run in turns, on the same trees, with nothing else to do. Time counts from when something is there on one side
until all of it is there on the other, looked at from outside, whatever a program says of itself; for what changes nothing, until
the program says that it is up to date. Files appear all at once: what goes up is moved into the folder, what comes down within
the account. Where contents have moved, both sides are then compared by content. Requests, CPU (user and system, of all processes of a program)
and memory count until nothing has been asked for a second.

A **lower bound** is what the line takes with everything else free (\`bench/src/lower-bound.ts\`): round trips, the account's lock,
bytes. Where the machine's own work is the measure, it is that of the tool named beside it, in the same run. Waiting until a file
has settled is in no bound.

Twinfold and Maestral run as daemons, Maestral with leave to use the whole processor; rclone watches nothing, so its command is
started when there is something to do, and its own start counts. rclone compares sizes and times, where the others compare
contents. What took longer than it was given is said to be more than that.
`;

function flagsOf(way: Way, [row]: readonly RowResult[]): string {
  return rcloneFlags(row?.conditions ?? { requestsPerSecond: null }, way).join(" ");
}

function spanOf(values: readonly string[]): string {
  const sorted = [...new Set(values)].sort();
  return sorted.length > 2 ? `${sorted[0]} to ${sorted.at(-1)}` : sorted.join(", ");
}

function conditionsOf({ profile, conditions }: RowResult): string {
  const rate = (value: number | null) => (value === null ? "no limit" : `${bytes(value)}/s`);
  return [
    `\`${profile}\`: ${conditions.latencyMs} ms a request`,
    `${conditions.commitMs} ms a commit`,
    `${rate(conditions.uploadBytesPerSecond)} up and ${rate(conditions.downloadBytesPerSecond)} down`,
    `${conditions.requestsPerSecond ?? "any number of"} requests a second`,
  ].join(", ");
}

function timeCells(row: RowResult): string[] {
  const bound = timeBound(row);
  const own = summaryOf(row, "Twinfold");
  const cells = CONTENDERS.map((name) => {
    const summary = summaryOf(row, name);
    if (summary === null) return "–";
    const beside = name === "Twinfold" ? bound?.seconds : own?.seconds;
    return `${timeOf(summary)}${ratio(summary, beside)}`;
  });
  return [row.what, row.asked, bound === null ? "–" : `${seconds(bound.seconds)}${bound.what}`, ...cells];
}

function timeOf({ seconds: time, isMore, p99, failures }: Summary): string {
  const failed = failures.length === 0 ? "" : `; ${failures.length} failed: ${failures[0]}`;
  if (time === null) return failed.slice(2);
  return `${isMore ? "> " : ""}${seconds(time)}${p99 === null ? "" : `, p99 ${seconds(p99)}`}${failed}`;
}

function ratio({ seconds: time, isMore }: Summary, beside: number | null | undefined): string {
  if (time === null || beside === null || beside === undefined || beside === 0) return "";
  const times = time / beside;
  return ` (${isMore ? "> " : ""}${times.toFixed(times < 10 ? 2 : 0)} x)`;
}

function costCells(row: RowResult): string[][] {
  return measured(row).map(([name, { median }], index) => [
    index === 0 ? row.what : "",
    name,
    String(median(({ requests }) => countOf(requests))),
    bytes(median(({ bytesUp }) => bytesUp)),
    bytes(median(({ bytesDown }) => bytesDown)),
    `${median(({ cpuSeconds }) => cpuSeconds).toFixed(2)} s${cpuShare(row, median)}`,
    `${median(({ rssPeak }) => rssPeak).toFixed(0)} MiB, +${median((one) => one.rssPeak - one.rssBefore).toFixed(0)}`,
  ]);
}

/** Where nothing is done for a while, what share of it the processor was busy all the same. */
function cpuShare(row: RowResult, median: Summary["median"]): string {
  if (!row.name.endsWith("idle")) return "";
  return ` (${(100 * median((one) => one.cpuSeconds / one.seconds)).toFixed(2)} %)`;
}

function routeCells(row: RowResult): string[][] {
  return measured(row).map(([name, { middle }], index) => [
    index === 0 ? row.what : "",
    name,
    middle === null ? "" : routesInWords(middle.requests),
  ]);
}

function measured(row: RowResult): (readonly [ContenderName, Summary])[] {
  return CONTENDERS.flatMap((name) => {
    const summary = summaryOf(row, name);
    return summary === null || summary.middle === null ? [] : [[name, summary] as const];
  });
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...lines.map(line)].join("\n");
}
