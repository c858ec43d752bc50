import { type FileVersion, MOST_VERSIONS } from "@twinfold/dropbox";
import type { RelativePath } from "@twinfold/engine";
import { type PathHistory, restoreVersion, versionsOf, withHistory } from "@twinfold/session";
import { askSession } from "@twinfold/session/control";
import { CommandError, EXIT } from "../exit-codes.ts";
import { socketPath } from "../home.ts";
import { pathInRoot } from "../path-in-root.ts";
import { optionsOf } from "../session-options.ts";
import type { Subject } from "../subject.ts";
import { bytesInWords } from "../words.ts";
import { ignoreTest, ruleInWords } from "./ignore.ts";

/** How long a restored file may take to come to disk, in seconds. */
const COMES_WITHIN = 60;

/** What Dropbox has kept of the file at a path. @throws CommandError, ControlError, SessionError, RemoteError */
export function historyOf({ root, started, ask }: Subject, named: string, most: number): Promise<PathHistory> {
  const path = pathInRoot(root, named);
  if (started === null) return ask({ command: "history", path, most });
  return withHistory(optionsOf(started), (history) => versionsOf(history, path, most));
}

export function historyInWords({ path, versions, isDeleted, more }: PathHistory): string {
  const lines = versions.map(
    (one, index) =>
      `${one.saved}  ${bytesInWords(one.size).padStart(8)}  ${one.rev}${index === 0 && !isDeleted ? "  now" : ""}`,
  );
  if (isDeleted) lines.unshift(`${path} was deleted; twinfold restore brings the last version back`);
  if (more) lines.push(`there are older ones: twinfold history -n ${MOST_VERSIONS}`);
  return lines.join("\n");
}

export interface Restored extends FileVersion {
  readonly path: RelativePath;
  /** Whether the daemon has brought it to disk already. */
  readonly onDisk: boolean;
}

/** Makes a version what the file is now; see `restoreVersion`. @throws CommandError, ControlError, SessionError, RemoteError */
export async function restore({ root, started, ask }: Subject, named: string, rev?: string): Promise<Restored> {
  const path = pathInRoot(root, named);
  const rule = ignoreTest(root, path);
  if (rule !== null)
    throw new CommandError(EXIT.no, `${path} is ignored, and would not come to disk: ${ruleInWords(rule)}`);
  const wait = { command: "wait", seconds: COMES_WITHIN } as const;
  if (started === null) {
    const version = await ask({ command: "restore", path, ...(rev === undefined ? {} : { rev }) });
    // It is restored by now, whatever comes next.
    return { path, ...version, onDisk: await ask(wait).catch(() => false) };
  }
  const version = await withHistory(optionsOf(started), (history) => restoreVersion(history, path, rev));
  // With no daemon it comes at the next start.
  const onDisk = (await askSession(socketPath(started.home, root), wait)) ?? false;
  return { path, ...version, onDisk };
}

export function restoredInWords({ path, saved, size, onDisk }: Restored): string {
  const rest = onDisk ? "" : "; it is in Dropbox, and not on disk yet (twinfold status)";
  return `${path} is again as of ${saved}, ${bytesInWords(size)}${rest}`;
}
