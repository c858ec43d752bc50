import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** Makes a Python environment of its own in a folder, with packages from PyPI. */
export function makePythonEnvironment(folder: string, packages: readonly string[]): void {
  execFileSync("python3", ["-m", "venv", "--clear", folder], { stdio: "inherit" });
  execFileSync(join(folder, "bin", "python"), ["-m", "pip", "install", "--quiet", ...packages], { stdio: "inherit" });
}
