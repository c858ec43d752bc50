import { type FileVersion, MOST_VERSIONS } from "@twinfold/dropbox";
import type { RelativePath } from "@twinfold/engine";
import { type PathHistory, restoreVersion, versionsOf, withHistory } from "@twinfold/session";
import { askSession } from "@twinfold/session/control";
import type { ConfigFile, Root } from "../config.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { type Home, socketPath } from "../home.ts";
import { pathInRoot } from "../path-in-root.ts";
import { sessionOptions } from "../session-options.ts";
import { bytesInWords } from "../words.ts";
import { ignoreTest } from "./ignore.ts";

/** How long a restored file may take to come to disk, in seconds. */
const COMES_WITHIN = 60;

/** What Dropbox has kept of the file at a path. @throws CommandError, ControlError, SessionError, RemoteError */
export function historyOf(
  home: Home,
  config: ConfigFile,
  root: Root,
  named: string,
  most: number,
): Promise<PathHistory> {
  const path = pathInRoot(root.root, named);
  return withHistory(sessionOptions(home, root, config.requireLink()), (history) => versionsOf(history, path, most));
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
export async function restore(
  home: Home,
  config: ConfigFile,
  root: Root,
  named: string,
  rev: string | undefined,
): Promise<Restored> {
  const path = pathInRoot(root.root, named);
  const rule = ignoreTest(root.root, path);
  if (rule !== null) throw new CommandError(EXIT.no, `${path} is ignored, and would not come to disk: ${rule}`);
  const version = await withHistory(sessionOptions(home, root, config.requireLink()), (history) =>
    restoreVersion(history, path, rev),
  );
  const daemon = socketPath(home, root.root);
  const onDisk = (await askSession(daemon, { command: "wait", seconds: COMES_WITHIN })) ?? false;
  return { path, ...version, onDisk };
}

export function restoredInWords({ path, saved, size, onDisk }: Restored): string {
  const rest = onDisk ? "" : "; it is in Dropbox, and not on disk yet (twinfold status)";
  return `${path} is again as of ${saved}, ${bytesInWords(size)}${rest}`;
}
