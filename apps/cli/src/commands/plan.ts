import type { PlanReport } from "@twinfold/engine";
import { planOnce } from "@twinfold/session";
import { askSession } from "@twinfold/session/control";
import { chooseRoot, rootPath } from "../choose-root.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { socketPath } from "../home.ts";
import { sessionOptions } from "../session-options.ts";
import { isInApplication, openOwn, subjectOf } from "../subject.ts";
import { ignoreProblemInWords, operationInWords } from "../words.ts";
import { remoteOf } from "./start.ts";

/** What would be done, and why: the running session's plan, or what a start would do. */
export async function planOf(namedRoot: string | undefined, namedRemote: string | undefined): Promise<PlanReport> {
  if (isInApplication()) {
    const subject = subjectOf(namedRoot);
    if (namedRemote !== undefined)
      throw new CommandError(EXIT.usage, "in an application the Dropbox folder is the one that its server says");
    return subject.ask({ command: "plan" });
  }
  const { home, config } = openOwn();
  const root = namedRoot === undefined ? chooseRoot(config, undefined).root : rootPath(namedRoot);
  const known = config.roots().find((one) => one.root === root)?.remote;
  const remote = namedRemote === undefined ? known : remoteOf(config, root, namedRemote);
  const running = await askSession(socketPath(home, root), { command: "plan" });
  if (running !== undefined) return running;
  if (remote === undefined) throw new CommandError(EXIT.usage, "name the Dropbox folder with --remote /A/B/C");
  const link = config.requireLink();
  return planOnce(sessionOptions(home, { root, remote, rescanSeconds: null }, link));
}

export function planInWords({ operations, notSynced, ignoreProblems }: PlanReport): string {
  return [
    ...operations.map(operationInWords),
    ...notSynced.map(({ path, reason }) => `not synced: ${path}   ${reason}`),
    ...ignoreProblems.map(ignoreProblemInWords),
    ...(operations.length === 0 ? ["nothing to do: both sides are the same"] : []),
  ].join("\n");
}
