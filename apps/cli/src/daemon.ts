import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { EngineStatus } from "@twinfold/engine";
import type { Controlled } from "@twinfold/session";
import { askSession } from "@twinfold/session/control";
import type { ConfigFile, Root } from "./config.ts";
import { CommandError, EXIT } from "./exit-codes.ts";
import { explainToCommand } from "./failure.ts";
import { type Home, socketPath, stateFolder } from "./home.ts";
import { openLinkedSession } from "./linked-session.ts";
import { givesMemoryBackAtRest } from "./memory-at-rest.ts";
import { sessionOptions } from "./session-options.ts";

/** Milliseconds: how long a daemon may take to answer, or to end. */
const ANSWERS_WITHIN = 30_000;
const ENDS_WITHIN = 60_000;
/** A log longer than this, in bytes, is put aside when a daemon starts. */
const LONGEST_LOG = 5 * 1024 * 1024;

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export function logFile(home: Home, root: string): string {
  return join(stateFolder(home, root), "log");
}

/** The last so many lines; none where nothing was logged yet. */
export function logged(home: Home, root: string, lines: number): string[] {
  const file = logFile(home, root);
  if (!existsSync(file) || lines === 0) return [];
  return readFileSync(file, "utf8").trimEnd().split("\n").slice(-lines);
}

/** Opens the log at its end; one that has become too long is put aside first. @returns a descriptor */
function openLog(home: Home, root: string): number {
  mkdirSync(stateFolder(home, root), { recursive: true, mode: 0o700 });
  const file = logFile(home, root);
  try {
    if (statSync(file).size > LONGEST_LOG) renameSync(file, `${file}.1`);
  } catch {
    // No log yet.
  }
  return openSync(file, "a", 0o600);
}

/**
 * Runs the engine in this process until it is told to stop. What it does is told on standard error, or in the log.
 * @throws CommandError, SessionError
 */
export async function runInForeground(
  home: Home,
  config: ConfigFile,
  root: Root,
  {
    yesDelete,
    log,
    onStatus,
  }: {
    readonly yesDelete?: boolean | undefined;
    readonly log?: boolean | undefined;
    readonly onStatus?: ((status: EngineStatus) => void) | undefined;
  },
): Promise<void> {
  const { createThrottle } = await import("@twinfold/dropbox");
  const { systemClock } = await import("@twinfold/engine");
  const { openSyncSession, serveControl, settleInRoot } = await import("@twinfold/session");
  const file = log ? openLog(home, root.root) : null;
  const tell = (line: string) => (file === null ? console.error(line) : void writeSync(file, `${line}\n`));
  const throttle = createThrottle(systemClock);
  throttle.limit(config.limits());
  const linked = await openLinkedSession(config, root, async (link) => {
    const session = await openSyncSession({
      ...sessionOptions(home, root, link),
      throttle,
      applyDeletions: yesDelete,
      onWarning: (message) => tell(`${new Date().toISOString()} ${message}`),
    });
    session.onActivity((one) => {
      const from = one.from === undefined ? "" : `${one.from} -> `;
      tell(`${one.at} ${one.side === "local" ? "on disk" : "in Dropbox"}: ${one.action} ${from}${one.path}`);
    });
    if (onStatus !== undefined) session.onStatus(onStatus);
    session.onStatus(givesMemoryBackAtRest());
    return session;
  });
  const ended = Promise.withResolvers<void>();
  let ending: Promise<void> | null = null;
  const end = () => {
    ending ??= linked.stop().then(ended.resolve, ended.reject);
    return ending;
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
  // The terminal that started it may go.
  process.on("SIGHUP", () => undefined);
  const controlled: Controlled = {
    ...linked,
    root: root.root,
    pause: () => linked.session().pause(),
    resume: () => linked.session().resume(),
    settle: (copy, keep) => settleInRoot(linked.session(), root.root, { copy, keep }),
    limits: config.limits,
    // Whoever asks has kept them already.
    setLimits: (plan) => throttle.limit(plan),
    log: async (lines) => logged(home, root.root, lines),
    stop: end,
  };
  const server = await serveControl(socketPath(home, root.root), controlled, explainToCommand);
  // Only now: what never came to run is nothing that was started.
  const saved = config.roots().find((one) => one.root === root.root);
  if (saved === undefined) config.saveRoot(root);
  else if (saved.rescanSeconds !== root.rescanSeconds) config.saveRoot({ ...saved, rescanSeconds: root.rescanSeconds });
  await ended.promise;
  await new Promise((closed) => server.close(closed));
}

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
