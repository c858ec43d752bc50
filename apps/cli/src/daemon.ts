import { writeSync } from "node:fs";
import type { EngineStatus } from "@twinfold/engine";
import type { Controlled } from "@twinfold/session";
import type { ConfigFile, Root } from "./config.ts";
import { explainToCommand } from "./failure.ts";
import { type Home, socketPath } from "./home.ts";
import { openLinkedSession } from "./linked-session.ts";
import { logged, openLog } from "./log-file.ts";
import { givesMemoryBackAtRest } from "./memory-at-rest.ts";
import { sessionOptions } from "./session-options.ts";

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
  const tell = (line: string) => (file === null ? console.error(line) : note(file, line));
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

function note(file: number, line: string): void {
  try {
    writeSync(file, `${line}\n`);
  } catch {
    // A full disk: what is done is not held up for want of a line about it.
  }
}
