import { posix } from "node:path";
import type { Readable } from "node:stream";
import type { ConflictChoice } from "@twinfold/api";
import { originalOfCopy, type RelativePath } from "@twinfold/engine";
import { FilesError, type FolderFiles } from "@twinfold/workspaces";
import type { ActivityLog } from "./activity-log.ts";
import { hashedFile } from "./hashed-file.ts";
import type { PlacedInstance } from "./hierarchy.ts";
import { openWorkspaceFiles } from "./instance-files.ts";
import { keptVersion, withKeptVersions } from "./kept-versions.ts";
import type { Links } from "./links.ts";
import type { Places } from "./places.ts";
import type { RestoresUnderWay } from "./restores-under-way.ts";
import { RequestError } from "./server-error.ts";
import type { SyncManager } from "./sync-manager.ts";

/** Names that are tried for a copy that becomes a file of its own. */
const MOST_NAMES = 100;

/** What becomes of conflict copies, by their user's choice. A version is given up only if her Dropbox has kept it. */
export function createConflicts(parts: {
  readonly links: Links;
  readonly places: Places;
  readonly sync: SyncManager;
  readonly activity: ActivityLog;
  readonly restoresUnderWay: RestoresUnderWay;
}) {
  const { links, places, sync, activity, restoresUnderWay } = parts;

  return {
    /** @returns where the chosen version, or the copy, is now. @throws RequestError, FilesError */
    async settle(userId: string, instance: PlacedInstance, wish: ConflictChoice): Promise<string> {
      if (instance.role === "viewer")
        throw new RequestError(403, "viewer", "You may look at the files of this instance, but not change them.");
      restoresUnderWay.check(instance.id);
      const { copy, choice, copyVersion, originalVersion } = wish;
      const original = originalOfCopy(copy as RelativePath);
      const known = sync.session(userId, instance.id)?.conflicts() ?? [];
      if (original === null || !known.includes(copy as RelativePath))
        throw new RequestError(404, "not-found", "There is no such conflict copy any more.");
      const files = openWorkspaceFiles(places, instance.id);
      // All that its user has seen is still so; without the original there would be nothing left of theirs.
      await isStill(files, copy, copyVersion);
      if (choice === "theirs" || (choice === "mine" && originalVersion !== null))
        await isStill(files, original, originalVersion);

      /** Done, and noted. */
      const told = (action: "move" | "delete" | "upload", path: string, from?: string) => {
        const reason = `a conflict copy was settled: ${choice}`;
        activity.note(userId, instance.id, { action, path, reason, ...(from === undefined ? {} : { from }) });
        sync.announce(instance.id, [copy, original, path]);
      };
      /** @throws RequestError */
      const mustBeKept = async (path: string, version: string) => {
        const there = await hashedFile(files, path);
        if (there?.version !== version) throw changed(path);
        const { hash } = there;
        const isKept = await withKeptVersions(links, userId, instance, async (history) =>
          hash === null ? false : (await keptVersion(history, path, hash)) !== null,
        );
        if (isKept) return;
        const why = `Your Dropbox does not have this version of ${path} yet, so it would be lost: wait until it is synced.`;
        throw new RequestError(409, "not-kept", why);
      };

      if (choice === "theirs") {
        await mustBeKept(copy, copyVersion);
        await files.remove(copy, copyVersion);
        told("delete", copy);
        return original;
      }
      if (choice === "mine" && originalVersion !== null) {
        await mustBeKept(original, originalVersion);
        await files.write(original, await readVersion(files, copy, copyVersion), originalVersion);
        try {
          await files.remove(copy, copyVersion);
        } finally {
          told("upload", original);
        }
        return original;
      }
      const to = await moveTo(files, copy, choice === "mine" ? [original] : ownNames(copy, original));
      told("move", to, copy);
      return to;
    },
  };
}

const changed = (path: string) => new FilesError("changed", `"${path}" was changed meanwhile`);

/** The content of a version, as long as that is what is there. @throws FilesError */
async function readVersion(files: FolderFiles, path: string, wanted: string | null): Promise<Readable> {
  const { version, content } = await files.read(path);
  if (version === wanted) return content;
  content.destroy();
  throw changed(path);
}

/** @throws FilesError unless it is */
async function isStill(files: FolderFiles, path: string, version: string | null): Promise<void> {
  (await readVersion(files, path, version)).destroy();
}

/** To the first of these names that is free. @throws FilesError */
async function moveTo(files: FolderFiles, from: string, names: readonly string[]): Promise<string> {
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

export type Conflicts = ReturnType<typeof createConflicts>;
