import { spawn } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { askSession } from "@twinfold/session/control";
import type { Root } from "./config.ts";
import { CommandError, EXIT } from "./exit-codes.ts";
import { type Home, socketPath } from "./home.ts";
import { logFile, openLog } from "./log-file.ts";

/** Milliseconds: how long a daemon may take to answer, or to end. */
const ANSWERS_WITHIN = 30_000;
const ENDS_WITHIN = 60_000;

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Node's own options for a daemon. A first sync of 10,000 files, equal on both sides, grew to 440 MB that were all but
 * garbage; with a younger generation of 16 MiB it is 285, and as fast.
 */
export const daemonOptions = (): readonly string[] => [...process.execArgv, "--max-semi-space-size=16"];

/** Starts a daemon and waits until it answers. @throws CommandError what it ended with */
export async function startDaemon(home: Home, root: Root, flags: readonly string[]): Promise<void> {
  const file = logFile(home, root.root);
  const log = openLog(home, root.root);
  const before = statSync(file).size;
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  const words = ["start", "--root", root.root, "--remote", root.remote, "--foreground", ...flags];
  const child = spawn(process.execPath, [...daemonOptions(), main, ...words], {
    detached: true,
    stdio: ["ignore", log, log],
  });
  let ended: number | null = null;
  child.once("exit", (code) => {
    ended = code ?? EXIT.internal;
  });
  for (const since = Date.now(); Date.now() - since < ANSWERS_WITHIN; await pause(25)) {
    if (ended !== null) {
      throw new CommandError(ended, reasonIn(readFileSync(file).subarray(before)) ?? `it ended at once; see ${file}`);
    }
    if ((await askSession(socketPath(home, root.root), { command: "status" })) !== undefined) {
      child.unref();
      return;
    }
  }
  child.kill();
  throw new CommandError(EXIT.internal, `the daemon does not answer; its log is ${file}`);
}

/** Tells the daemon to stop and waits until it is gone. @returns false when none ran */
export async function stopDaemon(home: Home, root: Root): Promise<boolean> {
  const socket = socketPath(home, root.root);
  const told = await askSession(socket, { command: "stop" });
  if (told === undefined) return false;
  for (const since = Date.now(); Date.now() - since < ENDS_WITHIN; await pause(25)) {
    if ((await askSession(socket, { command: "status" })) === undefined) return true;
  }
  throw new CommandError(EXIT.internal, "the daemon does not end");
}

/** The last thing that the command said of itself, in what a daemon has logged. */
function reasonIn(logged: Buffer): string | undefined {
  const said = /^twinfold: (.*)$/;
  const lines = logged.toString("utf8").split("\n");
  return lines.findLast((line) => said.test(line))?.replace(said, "$1");
}
