import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const README = fileURLToPath(new URL("README.md", import.meta.url));
const rows = readFileSync(README, "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| ") && line.includes("]("));

/** The titles as a reader writes them: without the variables that make several tests of one. */
function titlesIn(source: string): string {
  return source.replaceAll(/\$\{(here|there)\}/g, "$1");
}

test.each(rows.map((row) => row.slice(2, -2).split(" | ")))("%s", (_, __, shown = "") => {
  const files = [...shown.matchAll(/\[[^\]]+\]\(([^)]+)\)(?:: ((?:\*[^*]+\*(?:, )?)+))?/g)];
  expect(files).not.toEqual([]);
  for (const [, path = "", titles = ""] of files) {
    const file = join(dirname(README), path);
    expect(existsSync(file), path).toBe(true);
    for (const [, title] of titles.matchAll(/\*([^*]+)\*/g))
      expect(titlesIn(readFileSync(file, "utf8"))).toContain(title);
  }
});
