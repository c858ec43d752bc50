import { type DropboxHistory, type FileHistory, type FileVersion, MOST_VERSIONS } from "@twinfold/dropbox";
import { type RelativePath, RemoteError, type Rev } from "@twinfold/engine";
import { withHistory } from "@twinfold/session";
import type { ConfigFile, Root } from "../config.ts";
import { askDaemon } from "../control.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { type Home, socketPath } from "../home.ts";
import { pathInRoot } from "../path-in-root.ts";
import { sessionOptions } from "../session-options.ts";
import { bytesInWords } from "../words.ts";
import { ignoreTest } from "./ignore.ts";

/** How long a restored file may take to come to disk, in seconds. */
const COMES_WITHIN = 60;

export interface PathHistory extends FileHistory {
  /** Relative to the root. */
  readonly path: RelativePath;
}

/** What Dropbox has kept of the file at a path. @throws CommandError, SessionError, RemoteError */
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

/**
 * Makes a version what the file is now: in Dropbox, from where it comes to disk as any change there does, so that what
 * was edited on disk meanwhile is kept beside it. Without `rev`, the last version of what was deleted.
 * @throws CommandError, SessionError, RemoteError
 */
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
  const version = await withHistory(sessionOptions(home, root, config.requireLink()), async (history) => {
    const { versions, isDeleted } = await versionsOf(history, path, MOST_VERSIONS);
    if (rev === undefined && !isDeleted)
      throw new CommandError(
        EXIT.usage,
        `${path} is there: say which version with --rev; see twinfold history ${path}`,
      );
    const chosen = rev === undefined ? versions[0] : versions.find((one) => one.rev === rev);
    if (chosen === undefined) throw noVersion(path, rev);
    await history.restore(path, chosen.rev as Rev).catch((error: unknown) => {
      if (error instanceof RemoteError && error.code === "not-found") throw noVersion(path, chosen.rev);
      throw error;
    });
    return chosen;
  });
  const daemon = socketPath(home, root.root);
  const onDisk = (await askDaemon(daemon, { command: "wait", seconds: COMES_WITHIN })) ?? false;
  return { path, ...version, onDisk };
}

export function restoredInWords({ path, saved, size, onDisk }: Restored): string {
  const rest = onDisk ? "" : "; it is in Dropbox, and not on disk yet (twinfold status)";
  return `${path} is again as of ${saved}, ${bytesInWords(size)}${rest}`;
}

async function versionsOf(history: DropboxHistory, path: RelativePath, most: number): Promise<PathHistory> {
  const found = await history.versions(path, most).catch((error: unknown) => {
    if (error instanceof RemoteError && error.code === "conflict")
      throw new CommandError(EXIT.no, `${path} is a folder in Dropbox: name a file`);
    throw error;
  });
  if (found === null) throw new CommandError(EXIT.no, `Dropbox has kept nothing of ${path}`);
  return { path, ...found };
}

function noVersion(path: string, rev: string | undefined): CommandError {
  return new CommandError(EXIT.no, `Dropbox has no version ${rev ?? ""} of ${path}: see twinfold history ${path}`);
}
