import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { daemonOptions, stopDaemon } from "../daemon-process.ts";
import { fromEnvironment } from "../environment.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { unitName, unitText } from "../service-unit.ts";
import type { Started } from "../subject.ts";

/** Where it makes a difference for a daemon; secrets are with the link. */
const PASSED_ON = ["TWINFOLD_HOME", "TWINFOLD_DROPBOX_URL"];

/** What no other try would mend: a person has to do something first. */
const FINAL = [EXIT.usage, EXIT.root, EXIT.remotePath, EXIT.notLinked, EXIT.newer, EXIT.leaseHeld, EXIT.folder];

export interface Service {
  readonly unit: string;
  readonly file: string;
  /** Whether it runs now, and with each login; else systemd could not be told, and why. */
  readonly enabled: boolean;
  readonly problem: string | null;
}

/**
 * Makes systemd keep a root in sync, from now on and with each login of its user. A daemon that runs already is stopped
 * first: the service takes its place. @throws CommandError
 */
export async function installService({ home, root, config }: Started): Promise<Service> {
  config.requireLink();
  const unit = unitName(root.root);
  const file = unitFile(unit);
  const main = fileURLToPath(new URL("../main.ts", import.meta.url));
  const words = ["start", "--root", root.root, "--remote", root.remote, "--foreground", "--log"];
  const environment: Record<string, string> = {};
  for (const name of PASSED_ON) {
    const value = fromEnvironment(name);
    if (value !== undefined) environment[name] = value;
  }
  const text = unitText({
    root: root.root,
    command: [process.execPath, ...daemonOptions(), main, ...words],
    environment,
    finalCodes: FINAL,
  });
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  } catch (error) {
    throw new CommandError(EXIT.folder, `${file} can't be written: ${(error as Error).message}`, error);
  }
  const reloaded = systemctl("daemon-reload");
  if (reloaded !== null) return { unit, file, enabled: false, problem: reloaded };
  await stopDaemon(home, root);
  const problem = systemctl("enable", "--now", unit);
  return { unit, file, enabled: problem === null, problem };
}

/** Stops it, and removes what `installService` wrote. @returns null where there is none */
export function removeService({ root }: Started): Service | null {
  const unit = unitName(root.root);
  const file = unitFile(unit);
  if (!existsSync(file)) return null;
  const problem = systemctl("disable", "--now", unit);
  rmSync(file);
  // Where systemd could not be told, it must not look for it at the next login.
  rmSync(join(dirname(file), "default.target.wants", unit), { force: true });
  if (problem === null) systemctl("daemon-reload");
  return { unit, file, enabled: false, problem };
}

function unitFile(unit: string): string {
  return join(fromEnvironment("XDG_CONFIG_HOME") ?? join(homedir(), ".config"), "systemd/user", unit);
}

/** Tells the user's systemd. @returns why it could not be done; null when it was */
function systemctl(...words: string[]): string | null {
  const { status, error, stderr } = spawnSync("systemctl", ["--user", ...words], { encoding: "utf8" });
  if (status === 0) return null;
  return error === undefined ? (stderr.trim().split("\n").at(-1) ?? "") : "there is no systemctl here";
}
