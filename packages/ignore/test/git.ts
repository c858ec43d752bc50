import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What git said of one path: the line that decided, as written; null when none did. */
export interface GitDecision {
  readonly line: number;
  readonly pattern: string;
}

/** A repository of nothing but a tree, to ask git what it ignores there. Free of the user's own settings. */
export class GitTree {
  readonly #root = mkdtempSync(join(tmpdir(), "twinfold-ignore-"));
  readonly #paths: readonly string[];

  constructor(tree: ReadonlyMap<string, "file" | "folder">) {
    this.#paths = [...tree.keys()];
    this.#git(["init", "--quiet", "--template="], "");
    for (const [path, kind] of tree) {
      if (kind === "folder") mkdirSync(join(this.#root, path));
      else writeFileSync(join(this.#root, path), "");
    }
  }

  /** One decision for each path of the tree. */
  decide(ignoreFile: string): Map<string, GitDecision | null> {
    writeFileSync(join(this.#root, ".gitignore"), ignoreFile);
    const asked = this.#paths.map((path) => `${path}\0`).join("");
    const fields = this.#git(["check-ignore", "--no-index", "--stdin", "-z", "-v", "-n"], asked).split("\0");
    const decisions = new Map<string, GitDecision | null>();
    for (let at = 0; at + 3 < fields.length; at += 4) {
      const [source, line, pattern, path] = fields.slice(at, at + 4) as [string, string, string, string];
      decisions.set(path, source === "" ? null : { line: Number(line), pattern });
    }
    if (decisions.size !== this.#paths.length) throw new Error(`git answered for ${decisions.size} paths only`);
    return decisions;
  }

  remove(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }

  #git(args: readonly string[], input: string): string {
    const result = spawnSync("git", ["-c", "core.ignoreCase=false", ...args], {
      cwd: this.#root,
      input,
      encoding: "utf8",
      env: {
        PATH: process.env.PATH,
        HOME: this.#root,
        XDG_CONFIG_HOME: this.#root,
        GIT_CONFIG_NOSYSTEM: "1",
        LC_ALL: "C",
      },
      maxBuffer: 64 * 1024 * 1024,
    });
    // check-ignore exits with 1 when nothing is ignored.
    if (result.error !== undefined || (result.status !== 0 && result.status !== 1)) {
      throw new Error(`git ${args.join(" ")} failed: ${result.stderr}`, { cause: result.error });
    }
    return result.stdout;
  }
}
