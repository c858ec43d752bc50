import { existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Home, stateFolder } from "./home.ts";

/** A log longer than this, in bytes, is put aside when a daemon starts. */
const LONGEST_LOG = 5 * 1024 * 1024;

export function logFile(home: Home, root: string): string {
  return join(stateFolder(home, root), "log");
}

/** The last so many lines; none where nothing was logged yet. */
export function logged(home: Home, root: string, lines: number): string[] {
  const file = logFile(home, root);
  if (!existsSync(file) || lines === 0) return [];
  return readFileSync(file, "utf8").trimEnd().split("\n").slice(-lines);
}

/** Opens the log at its end; one that has become too long is put aside first. @returns a descriptor */
export function openLog(home: Home, root: string): number {
  mkdirSync(stateFolder(home, root), { recursive: true, mode: 0o700 });
  const file = logFile(home, root);
  try {
    if (statSync(file).size > LONGEST_LOG) renameSync(file, `${file}.1`);
  } catch {
    // No log yet.
  }
  return openSync(file, "a", 0o600);
}
