import { execFileSync, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { EXIT } from "../src/exit-codes.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
let script: string;
beforeAll(() => {
  script = execFileSync(process.execPath, [MAIN, "completion", "bash"], { encoding: "utf8" });
});

/** What bash offers when Tab is pressed at the end of these words. */
function offered(...words: string[]): string[] {
  const ask = `COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _twinfold; printf "%s\\n" "\${COMPREPLY[@]}"`;
  const text = execFileSync("bash", ["-c", `${script}\n${ask}`, "bash", "twinfold", ...words], { encoding: "utf8" });
  return text.split("\n").filter((line) => line !== "");
}

test("bash completes commands, commands in commands, and options", () => {
  expect(offered("st")).toEqual(["start", "stop", "status"]);
  expect(offered("ignore", "")).toEqual(["list", "add", "test"]);
  expect(offered("start", "--r")).toEqual(["--root", "--remote"]);
  expect(offered("start", "--root", "/tmp", "--rem")).toEqual(["--remote"]);
});

test("for a value it leaves bash to offer files", () => {
  expect(offered("start", "--root", "")).toEqual([]);
});

test("a shell that is not known", () => {
  const { status, stderr } = spawnSync(process.execPath, [MAIN, "completion", "csh"], { encoding: "utf8" });
  expect(status).toBe(EXIT.usage);
  expect(stderr).toContain("bash, zsh or fish");
});
