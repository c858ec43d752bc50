import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
  expect(offered("start", "--r")).toEqual(["--root", "--remote", "--rescan"]);
  expect(offered("start", "--root", "/tmp", "--rem")).toEqual(["--remote"]);
});

test("for a value it leaves bash to offer files", () => {
  expect(offered("start", "--root", "")).toEqual([]);
});

test("what can only be one of a few words is completed with these", () => {
  expect(offered("held", "")).toEqual(["apply", "bring-back", "--root", "--json"]);
  expect(offered("conflicts", "x.txt", "--keep", "")).toEqual(["mine", "theirs", "both"]);
});

const isThere = (shell: string) => spawnSync(shell, ["-c", "true"]).status === 0;
const scriptFor = (shell: string) => execFileSync(process.execPath, [MAIN, "completion", shell], { encoding: "utf8" });

test.runIf(isThere("fish"))("fish completes the same, and says what each is", () => {
  const ask = (line: string) => {
    const words = ["--no-config", "-c", `${scriptFor("fish")}\ncomplete -C $argv[1]`, line];
    return execFileSync("fish", words, { encoding: "utf8" }).trim().split("\n");
  };
  expect(ask("twinfold sta")).toEqual([
    "start\tbegin to keep a folder and a Dropbox folder the same",
    "status\thow things stand",
  ]);
  expect(ask("twinfold held ")).toEqual(["apply", "bring-back"]);
  expect(ask("twinfold conflicts --keep th")[0]).toMatch(/^theirs/);
});

test.runIf(isThere("zsh"))("zsh completes at the press of Tab", () => {
  // A zsh of its own at a terminal, in which somebody types.
  const typed = `zmodload zsh/zpty; zpty -b z zsh -f -i
    zpty -w z "PS1=; autoload -U compinit; compinit -D -u; source $1; stty -echo; echo rea''dy"
    zpty -r -m z all '*ready*'
    zpty -w -n z $'twinfold unl\\t'
    zpty -r -m z all '*unlink*' && print found`;
  const folder = mkdtempSync(join(tmpdir(), "twinfold-zsh-"));
  writeFileSync(join(folder, "script"), scriptFor("zsh"));
  const { stdout } = spawnSync("zsh", ["-f", "-c", typed, "zsh", join(folder, "script")], {
    encoding: "utf8",
    timeout: 20_000,
  });
  rmSync(folder, { recursive: true });
  expect(stdout).toContain("found");
});

test("a shell that is not known", () => {
  const { status, stderr } = spawnSync(process.execPath, [MAIN, "completion", "csh"], { encoding: "utf8" });
  expect(status).toBe(EXIT.usage);
  expect(stderr).toContain("bash, zsh, fish");
});
