import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { makePythonEnvironment } from "../python-environment.ts";

const CODE_SERVER = "4.100.3";
const JUPYTERLAB = "4.4.10";

/** The tests' own, outside the checkout, kept for the next time. */
const FOLDER = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "twinfold-applications");
const folderOf = (name: string) => join(FOLDER, name);

/** A `PATH` on which the applications are first. */
export const PATH = [
  ...["code-server", "jupyterlab"].map((name) => join(folderOf(name), "bin")),
  process.env.PATH,
].join(delimiter);

/** Installs what is missing, before the first test. */
export function setup(): void {
  once("code-server", CODE_SERVER, (folder) => {
    const script = fileURLToPath(new URL("code-server.sh", import.meta.url));
    // By the system's Node, which has its headers with it, not by the project's.
    const env = { ...process.env, PATH: systemPath() };
    execFileSync("sh", [script, CODE_SERVER, folder], { stdio: "inherit", env });
  });
  once("jupyterlab", JUPYTERLAB, (folder) => makePythonEnvironment(folder, [`jupyterlab==${JUPYTERLAB}`]));
}

function once(name: string, version: string, install: (folder: string) => void): void {
  const installed = join(FOLDER, `${name}.installed`);
  if (existsSync(installed) && readFileSync(installed, "utf8") === version) return;
  mkdirSync(FOLDER, { recursive: true });
  install(folderOf(name));
  writeFileSync(installed, version);
}

/** As it is outside `npm run`, which puts the project's own programs first. */
function systemPath(): string {
  const path = process.env.PATH ?? "";
  return path
    .split(delimiter)
    .filter((one) => !one.includes("node_modules"))
    .join(delimiter);
}
