import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { arch, cpus, release, totalmem } from "node:os";
import { CLIENTS } from "../../test/clients/install.ts";
import type { ContenderName } from "./contenders/contender.ts";
import type { Measure } from "./measure.ts";
import type { Conditions } from "./stage.ts";

/** What became of one run: what it cost, or a sentence; where it was cut short, what was measured takes longer than so many seconds. */
export type Outcome =
  | { readonly measure: Measure }
  | { readonly failed: string; readonly outOfTimeAfter: number | null };

/** One row as it was run, with all that a reader needs to judge it. */
export interface RowResult {
  readonly name: string;
  readonly what: string;
  readonly asked: string;
  /** Seconds; null where only the machine counts. */
  readonly bound: number | null;
  readonly profile: string;
  readonly conditions: Conditions;
  /** ISO 8601, UTC. */
  readonly date: string;
  readonly commit: string;
  /** How much of the work that figures are asked for: 1 is all of it. */
  readonly scale: number;
  /** How it was called. */
  readonly words: readonly string[];
  readonly outcomes: Readonly<Partial<Record<ContenderName, readonly Outcome[]>>>;
}

export interface Results {
  readonly machine: string;
  readonly versions: string;
  readonly rows: readonly RowResult[];
}

export function readResults(file: string): Results {
  return JSON.parse(readFileSync(file, "utf8")) as Results;
}

/** Adds rows to those of a file; a row that is there already, of the same scale, is replaced. */
export function saveRows(file: string, rows: readonly RowResult[]): void {
  const before = existsSync(file) ? readResults(file).rows : [];
  const kept = before.filter(({ name, scale }) => !rows.some((row) => row.name === name && row.scale === scale));
  const results: Results = { machine: machine(), versions: versions(), rows: [...kept, ...rows] };
  writeFileSync(file, `${JSON.stringify(results, null, 1)}\n`);
}

/** The commit that is measured, with a `+` where the checkout differs from it. */
export function commitNow(): string {
  const git = (...args: readonly string[]) => execFileSync("git", args, { encoding: "utf8" }).trim();
  const changed = git("status", "--porcelain", "--untracked-files=no") === "" ? "" : "+";
  return `${git("rev-parse", "--short", "HEAD")}${changed}`;
}

function machine(): string {
  const memory = `${Math.round(totalmem() / 1024 ** 3)} GiB of memory`;
  return `${cpus().length} x ${cpus()[0]?.model.trim() ?? "processor"} (${arch()}), ${memory}, Linux ${release()}`;
}

function versions(): string {
  return [`Node ${process.version}`, ...CLIENTS.rclone, ...CLIENTS.maestral].join(", ").replaceAll("==", " ");
}
