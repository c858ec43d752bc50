import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { expect, test } from "vitest";
import { EXIT, EXIT_MEANINGS } from "../src/exit-codes.ts";
import { manPage } from "../src/man-page.ts";
import { createProgram } from "../src/program/program.ts";

const PAGE = fileURLToPath(new URL("../man/twinfold.1", import.meta.url));
const DOCUMENT = readFileSync(new URL("../../../docs/cli.md", import.meta.url), "utf8");
const program = createProgram();

test("the manual page is that of the commands as they are: npm run man writes it anew", () => {
  expect(readFileSync(PAGE, "utf8")).toBe(manPage(program));
});

test.runIf(spawnSync("groff", ["--version"]).status === 0)(
  "it is set without a warning, and reads as it should",
  () => {
    const { stdout, stderr } = spawnSync("groff", ["-man", "-Tascii", "-P-cbou", "-ww", PAGE], { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(stdout).toContain("twinfold conflicts [COPY]\n");
    expect(stdout).toMatch(/--keep mine\|theirs\|both\n/);
    expect(stdout).toMatch(/\.mignore\n/);
    expect(stdout).toMatch(/ 11 +Dropbox can't be reached\n/);
  },
);

test("docs/cli.md has each command with its options, and each exit code", () => {
  const leaves = (command: Command): readonly Command[] =>
    command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
  for (const command of program.commands.flatMap(leaves)) {
    const parent = command.parent === program ? "" : `${command.parent?.name()} `;
    expect(DOCUMENT).toContain(`\`${parent}${command.name()}`);
    for (const { long } of command.options)
      expect(DOCUMENT).toContain(long === "--versions" || long === "--lines" ? "-n" : long);
  }
  for (const [name, code] of Object.entries(EXIT))
    expect(DOCUMENT).toContain(`| ${code} | ${EXIT_MEANINGS[name as keyof typeof EXIT]} |`);
});
