import { isSameRemotePath, parseRemotePath, RemotePathError } from "@twinfold/dropbox/remote-path";
import { askSession } from "@twinfold/session/control";
import { checkApart, checkRoot } from "@twinfold/session/roots";
import { AS_NEEDED } from "../arguments.ts";
import { chooseRoot } from "../choose-root.ts";
import type { ConfigFile, Root } from "../config.ts";
import { startDaemon } from "../daemon-process.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { type Home, socketPath } from "../home.ts";
import { liveLine } from "../live-line.ts";
import { statusInALine } from "../words.ts";

export interface StartFlags {
  readonly root?: string;
  readonly remote?: string;
  readonly foreground?: boolean;
  /** In the foreground: what is done is told in the log. */
  readonly log?: boolean;
  /** Deletions that would be held back are done, in this run. */
  readonly yesDelete?: boolean;
  /** From now on everything is looked at so often, in seconds, or where and as often as is needed. */
  readonly rescan?: number | typeof AS_NEEDED;
}

export interface StartedRoot {
  readonly root: string;
  readonly remote: string;
  /** How things stood where it ran already; null where it was started now. */
  readonly state: string | null;
}

/** Starts a named folder, or the one that was started before. @returns null once what ran in the foreground has ended */
export async function start(home: Home, config: ConfigFile, flags: StartFlags): Promise<StartedRoot | null> {
  const link = config.requireLink();
  const root = rootOf(config, flags);
  checkApart(
    root.root,
    config.roots().map((one) => one.root),
  );
  const running = await askSession(socketPath(home, root.root), { command: "status" });
  if (running !== undefined) {
    if (flags.yesDelete)
      throw new CommandError(EXIT.no, `${root.root} is kept in sync already: twinfold held apply, or stop it first`);
    if (flags.rescan !== undefined)
      throw new CommandError(
        EXIT.no,
        `${root.root} is kept in sync already: stop it first, then start it with --rescan`,
      );
    return { root: root.root, remote: root.remote, state: running.state };
  }
  if (flags.foreground) {
    const { runInForeground } = await import("../daemon.ts");
    const live = liveLine(process.stdout);
    await runInForeground(home, config, root, {
      yesDelete: flags.yesDelete,
      log: flags.log,
      onStatus: live === null ? undefined : (status) => live.show(statusInALine(status, live.columns())),
    });
    return null;
  }
  const words = [...(flags.yesDelete ? ["--yes-delete"] : []), ...rescanWords(flags)];
  const started = startDaemon(home, root, words);
  // Loaded while the daemon begins: it takes half a second, and the daemon would begin so much later.
  const asked = import("../refused-link.ts").then(({ isRefused }) => isRefused(link));
  await started;
  if (await asked)
    throw new CommandError(
      EXIT.reconnect,
      `${root.root} waits: Dropbox no longer accepts the link, and all goes on once you link again`,
    );
  return { root: root.root, remote: root.remote, state: null };
}

/** The remote path of a call, checked, and as it is known: two spellings of one Dropbox folder are one. @throws CommandError */
export function remoteOf(config: ConfigFile, root: string, named: string): string {
  let remote: string;
  try {
    remote = parseRemotePath(named);
  } catch (error) {
    if (error instanceof RemotePathError) throw new CommandError(EXIT.remotePath, error.message, error);
    throw error;
  }
  const known = config.roots().find((one) => one.root === root)?.remote;
  if (known === undefined) return remote;
  if (isSameRemotePath(known, remote)) return known;
  throw new CommandError(
    EXIT.usage,
    `${root} belongs to ${known}, not to ${remote}: twinfold forget --root ${root} lets go of that first`,
  );
}

function rescanWords({ rescan }: StartFlags): string[] {
  return rescan === undefined ? [] : ["--rescan", String(rescan)];
}

function rootOf(config: ConfigFile, flags: StartFlags): Root {
  const named = namedRoot(config, flags);
  const { rescan } = flags;
  return rescan === undefined ? named : { ...named, rescanSeconds: rescan === AS_NEEDED ? null : rescan };
}

function namedRoot(config: ConfigFile, flags: StartFlags): Root {
  if (flags.remote === undefined) {
    const known = chooseRoot(config, flags.root);
    return { ...known, root: checkRoot(known.root) };
  }
  if (flags.root === undefined)
    throw new CommandError(EXIT.usage, "--remote needs --root: the folder to keep in sync with it");
  const root = checkRoot(flags.root);
  const known = config.roots().find((one) => one.root === root);
  const remote = remoteOf(config, root, flags.remote);
  return { paused: false, rescanSeconds: null, ...known, root, remote };
}
