import { closeSync, constants, lstatSync, openSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import { pathKey } from "@twinfold/dropbox-rules";
import type { IgnoreProblem, IgnoreRule, RelativePath } from "@twinfold/engine";
import { isStagingName } from "@twinfold/filesystem";
import { compileIgnoreRules, uselessLines } from "@twinfold/ignore";
import type { SyncSession } from "./sync-session.ts";
import { readIgnoreFile } from "./take-pattern-out.ts";

const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants;

/** How long others wait for their turn, in milliseconds. */
const TURN = 20;
/** Longer nobody waits for a preview, in milliseconds: then as much is told as was found. */
const WITHIN = 4_000;
/** Of each kind that are named; all are counted. */
const MOST_NAMED = 10;

/** Files that would change between synced and left out. */
export interface IgnoreChange {
  readonly files: number;
  readonly bytes: number;
  /** The first of them, each with the line that decides: the one that is to leave it out, or that does so until now. */
  readonly first: readonly { readonly path: string; readonly line: number; readonly pattern: string }[];
}

/** What another text in the ignore file would change. */
export interface IgnorePreview {
  readonly leftOut: IgnoreChange;
  readonly comesIn: IgnoreChange;
  /** Lines of that text that can match nothing, or decide about nothing. */
  readonly problems: readonly IgnoreProblem[];
  /** Whether everything was looked at; if not there may be more. */
  readonly whole: boolean;
}

/**
 * What would be left out, and what would come into sync, if the ignore file said this. Looks at names on disk, and at what
 * Dropbox was last seen to hold; folders are held open on the way down and no link is followed.
 * @param inDropbox of the session; null while none runs
 * @throws what the signal was ended with, and what opening the root throws
 */
export async function previewIgnore(parts: {
  readonly root: string;
  readonly text: string;
  readonly inDropbox: SyncSession["inRemote"] | null;
  readonly signal: AbortSignal;
  readonly within?: number;
}): Promise<IgnorePreview> {
  const { root, text, inDropbox, signal, within = WITHIN } = parts;
  const saved = readIgnoreFile(root);
  const present = compileIgnoreRules(saved);
  const next = compileIgnoreRules(text);
  const leftOut = emptyChange();
  const comesIn = emptyChange();
  const onDisk = new Set<string>();
  const ends = performance.now() + within;
  let turnEnds = performance.now() + TURN;
  let whole = true;

  /** Between any two entries. @returns whether there is time for more */
  async function takeTurns(): Promise<boolean> {
    if (performance.now() > turnEnds) {
      await setImmediate();
      signal.throwIfAborted();
      whole &&= performance.now() < ends;
      turnEnds = performance.now() + TURN;
    }
    return whole;
  }

  /** What becomes of a file: the change that it is one of, and the rule that decides; null when it stays as it is. */
  function changeOf(path: RelativePath): [Counted, IgnoreRule] | null {
    const now = present.match(path, "file");
    const then = next.match(path, "file");
    if (then !== null) return now === null ? [leftOut, then] : null;
    return now === null ? null : [comesIn, now];
  }

  const mayChange = (folder: RelativePath) =>
    present.match(folder, "folder") === null || next.match(folder, "folder") === null;

  async function folder(fd: number, path: string): Promise<void> {
    const entries = await readdir(`/proc/self/fd/${fd}/.`, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (!(await takeTurns())) return;
      if (isStagingName(entry.name, path === "")) continue;
      const full = (path === "" ? entry.name : `${path}/${entry.name}`) as RelativePath;
      if (entry.isDirectory() && mayChange(full)) await below(`/proc/self/fd/${fd}/${entry.name}`, full);
      if (!entry.isFile()) continue;
      const change = changeOf(full);
      const stat = change && lstatSync(`/proc/self/fd/${fd}/${entry.name}`, { throwIfNoEntry: false });
      if (!change || stat?.isFile() !== true) continue;
      onDisk.add(pathKey(full));
      count(...change, full, stat.size);
    }
  }

  async function below(name: string, path: string): Promise<void> {
    const fd = openFolder(name);
    if (fd === null) return;
    try {
      await folder(fd, path);
    } finally {
      closeSync(fd);
    }
  }

  if (text !== saved) {
    const fd = openSync(root, O_RDONLY | O_DIRECTORY);
    try {
      await folder(fd, "");
    } finally {
      closeSync(fd);
    }
    for (const { path, kind, size } of inDropbox?.(mayChange) ?? []) {
      if (!(await takeTurns())) break;
      const change = kind === "file" ? changeOf(path) : null;
      if (change !== null && !onDisk.has(pathKey(path))) count(...change, path, size);
    }
  }
  const problems = [...next.problems, ...uselessLines(text)].sort((a, b) => a.line - b.line);
  return { leftOut, comesIn, problems, whole };
}

interface Counted {
  files: number;
  bytes: number;
  readonly first: { path: string; line: number; pattern: string }[];
}

const emptyChange = (): Counted => ({ files: 0, bytes: 0, first: [] });

function count(change: Counted, { line, pattern }: IgnoreRule, path: string, size: number): void {
  change.files++;
  change.bytes += size;
  if (change.first.length < MOST_NAMED) change.first.push({ path, line, pattern });
}

/** Null when it is gone, something else by now, or can't be listed: then nothing in it is synced either. */
function openFolder(name: string): number | null {
  try {
    return openSync(name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "ELOOP", "EACCES"].includes((error as NodeJS.ErrnoException).code ?? "")) return null;
    throw error;
  }
}
