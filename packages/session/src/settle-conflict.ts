import { posix } from "node:path";
import type { Readable } from "node:stream";
import { type DropboxHistory, type FileVersion, MOST_VERSIONS } from "@twinfold/dropbox";
import { originalOfCopy, type RelativePath } from "@twinfold/engine";
import { FilesError, type FilesInRoot, openFilesInRoot, withStagingFolder } from "@twinfold/filesystem";
import { hashedFile } from "./hashed-file.ts";
import type { SyncSession } from "./sync-session.ts";

/** `mine` is the conflict copy, `theirs` what kept the name; `both`: the copy becomes a file of its own. */
export type ConflictChoice = "mine" | "theirs" | "both";

export class ConflictError extends Error {
  override readonly name = "ConflictError";
  /** `gone`: there is no such conflict copy. `not-kept`: Dropbox does not have the version that would be given up. */
  readonly code: "gone" | "not-kept";
  constructor(code: ConflictError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/** Versions as `FilesInRoot` tells them; the original's is null where there is none any more. */
export interface SeenVersions {
  readonly copy: string;
  readonly original: string | null;
}

/** What was done, for an activity log. */
export interface Settled {
  readonly action: "move" | "delete" | "upload";
  readonly path: string;
  readonly from?: string;
}

/** Names that are tried for a copy that becomes a file of its own. */
const MOST_NAMES = 100;

/**
 * Does with a conflict copy what its user has chosen. A version is given up only as she has seen it, and only if her
 * Dropbox has kept it.
 * @param seen what she has seen; without, what is there now
 * @param onSettled called once something has changed, also if not all of it came to be
 * @returns where the chosen version, or the copy, is now. @throws ConflictError, FilesError, RemoteError
 */
export async function settleConflict(
  session: Pick<SyncSession, "conflicts" | "announce" | "withHistory"> | null,
  files: FilesInRoot,
  { copy, keep, seen }: { readonly copy: string; readonly keep: ConflictChoice; readonly seen?: SeenVersions },
  onSettled: (done: Settled) => void = () => undefined,
): Promise<string> {
  const original = originalOfCopy(copy as RelativePath);
  if (session === null || original === null || !session.conflicts().includes(copy as RelativePath))
    throw new ConflictError("gone", "There is no such conflict copy any more.");
  const versions = seen ?? { copy: (await versionAt(files, copy)) ?? "", original: await versionAt(files, original) };
  // All that its user has seen is still so; without the original there would be nothing left of theirs.
  await isStill(files, copy, versions.copy);
  if (keep === "theirs" || (keep === "mine" && versions.original !== null))
    await isStill(files, original, versions.original);

  const told = (done: Settled) => {
    onSettled(done);
    session.announce([copy, original, done.path] as RelativePath[]);
  };
  /** @throws ConflictError */
  const mustBeKept = async (path: string, version: string) => {
    const there = await hashedFile(files, path);
    if (there?.version !== version) throw changed(path);
    const { hash } = there;
    const isKept =
      hash !== null &&
      (await session.withHistory(async (history) => (await keptVersion(history, path, hash)) !== null));
    if (isKept) return;
    const why = `Your Dropbox does not have this version of ${path} yet, so it would be lost: wait until it is synced.`;
    throw new ConflictError("not-kept", why);
  };

  if (keep === "theirs") {
    await mustBeKept(copy, versions.copy);
    await files.remove(copy, versions.copy);
    told({ action: "delete", path: copy });
    return original;
  }
  if (keep === "mine" && versions.original !== null) {
    await mustBeKept(original, versions.original);
    await files.write(original, await readVersion(files, copy, versions.copy), versions.original);
    try {
      await files.remove(copy, versions.copy);
    } finally {
      told({ action: "upload", path: original });
    }
    return original;
  }
  const path = await moveTo(files, copy, keep === "mine" ? [original] : ownNames(copy, original));
  told({ action: "move", path, from: copy });
  return path;
}

/** The same in a root of this machine's own. @throws ConflictError, FilesError, RemoteError */
export function settleInRoot(
  session: SyncSession,
  root: string,
  wish: { readonly copy: string; readonly keep: ConflictChoice },
): Promise<string> {
  return withStagingFolder(root, (staging) => settleConflict(session, openFilesInRoot(root, staging), wish));
}

/** The newest version of a file with a content, among the last hundred; null when Dropbox has none. @throws RemoteError */
export async function keptVersion(history: DropboxHistory, path: string, hash: string): Promise<FileVersion | null> {
  const kept = await history.versions(path as RelativePath, MOST_VERSIONS);
  return kept?.versions.find((one) => one.hash === hash) ?? null;
}

const changed = (path: string) => new FilesError("changed", `"${path}" was changed meanwhile`);

/** What is there now; null for nothing. @throws FilesError */
async function versionAt(files: FilesInRoot, path: string): Promise<string | null> {
  try {
    const { version, content } = await files.read(path);
    content.destroy();
    return version;
  } catch (error) {
    if (error instanceof FilesError && error.code === "not-found") return null;
    throw error;
  }
}

/** The content of a version, as long as that is what is there. @throws FilesError */
async function readVersion(files: FilesInRoot, path: string, wanted: string | null): Promise<Readable> {
  const { version, content } = await files.read(path);
  if (version === wanted) return content;
  content.destroy();
  throw changed(path);
}

/** @throws FilesError unless it is */
async function isStill(files: FilesInRoot, path: string, version: string | null): Promise<void> {
  (await readVersion(files, path, version)).destroy();
}

/** To the first of these names that is free. @throws FilesError */
async function moveTo(files: FilesInRoot, from: string, names: readonly string[]): Promise<string> {
  for (const [index, name] of names.entries()) {
    try {
      await files.move(from, name);
      return name;
    } catch (error) {
      const isTaken = error instanceof FilesError && error.code === "exists";
      if (!isTaken || index === names.length - 1) throw error;
    }
  }
  throw new Error("unreachable: there are names");
}

/** `report (Ada's version).txt` for `report (Ada's conflicted copy 2026-01-31).txt`; with a counter from the second on. */
function ownNames(copy: string, original: string): string[] {
  const { dir, name, ext } = posix.parse(original);
  const who =
    / \((.+)'s conflicted copy [^()]*\)[^()]*$/s.exec(posix.basename(copy).slice(name.length))?.[1] ?? "other";
  return Array.from({ length: MOST_NAMES }, (_, index) =>
    posix.join(dir, `${name} (${who}'s version${index > 0 ? ` ${index + 1}` : ""})${ext}`),
  );
}
