import { planOnce } from "@twinfold/session";
import { askSession } from "@twinfold/session/control";
import { chooseRoot, rootPath } from "../choose-root.ts";
import type { ConfigFile } from "../config.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { type Home, socketPath } from "../home.ts";
import { sessionOptions } from "../session-options.ts";
import { ignoreProblemInWords, operationInWords } from "../words.ts";
import { remoteOf } from "./start.ts";

/** What would be done, and why: the running daemon's plan, or what a start would do. */
export async function plan(
  home: Home,
  config: ConfigFile,
  flags: { root?: string; remote?: string; json?: boolean },
): Promise<void> {
  const root = flags.root === undefined ? chooseRoot(config, undefined).root : rootPath(flags.root);
  const known = config.roots().find((one) => one.root === root)?.remote;
  const remote = flags.remote === undefined ? known : remoteOf(config, root, flags.remote);
  const running = await askSession(socketPath(home, root), { command: "plan" });
  const report = running ?? (await planNow(home, config, root, remote));
  if (flags.json) {
    console.log(JSON.stringify(report));
    return;
  }
  for (const operation of report.operations) console.log(operationInWords(operation));
  for (const one of report.notSynced) console.log(`not synced: ${one.path}   ${one.reason}`);
  for (const one of report.ignoreProblems) console.log(ignoreProblemInWords(one));
  if (report.operations.length === 0) console.log("nothing to do: both sides are the same");
}

async function planNow(home: Home, config: ConfigFile, root: string, remote: string | undefined) {
  if (remote === undefined) throw new CommandError(EXIT.usage, "name the Dropbox folder with --remote /A/B/C");
  const link = config.requireLink();
  return planOnce(sessionOptions(home, { root, remote }, link));
}
