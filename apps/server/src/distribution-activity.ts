import { STRATEGY_NAMES, type Strategy } from "@twinfold/api";
import type { TargetOutcome } from "@twinfold/workspaces";
import type { Selectable } from "kysely";
import type { PlatformActivity } from "./activity-log.ts";
import type { Database } from "./database/schema.ts";

type Chosen = Pick<Selectable<Database["distributions"]>, "paths" | "strategy">;

/** What a target's activity says of a distribution: an entry for each path that was chosen; none where nothing was touched. */
export function entriesOf(distribution: Chosen, from: string, done: TargetOutcome): PlatformActivity[] {
  if (done.touched.size === 0) return [];
  const counts = [
    [done.copied.length, "copied"],
    [done.replaced.length, "replaced"],
    [done.removed.length, "removed"],
  ] as const;
  const words = counts.filter(([count]) => count > 0).map(([count, what]) => `${count.toLocaleString("en")} ${what}`);
  const files = words.length === 0 ? "folders only" : words.join(", ");
  const reason = `from ${from} (${STRATEGY_NAMES[distribution.strategy as Strategy]}), ${files}`;
  return eachPath(distribution, (path, isOnly) => ({
    action: "distribute",
    path,
    // The counts are the target's: which path had how many of them is not told.
    reason: isOnly ? reason : `${reason} in all`,
  }));
}

/** The same of its undo. @param left paths that are as somebody has changed them since */
export function entriesOfUndo(distribution: Chosen, from: string, left: number): PlatformActivity[] {
  const butFor = left === 0 ? "" : `, but for ${left.toLocaleString("en")} path${left === 1 ? "" : "s"} changed since`;
  const reason = `the distribution from ${from} was undone${butFor}`;
  return eachPath(distribution, (path) => ({ action: "restore", path, reason }));
}

function eachPath({ paths }: Chosen, entry: (path: string, isOnly: boolean) => PlatformActivity): PlatformActivity[] {
  const all = JSON.parse(paths) as string[];
  return all.map((path) => entry(path, all.length === 1));
}
