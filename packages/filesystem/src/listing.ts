import { closeSync, fstatSync, lstatSync, readdirSync } from "node:fs";
import type { FolderListing, LocalEntry, Name, RelativePath } from "@twinfold/engine";
import type { RootWalk } from "./root-walk.ts";
import { isStaging } from "./staging-place.ts";
import { lookAt, statOf } from "./stat.ts";

const big = { bigint: true } as const;

/**
 * Reads one folder whole, staging left out. @throws what opening a folder throws
 * @param isShared whether other machines may write on a device: what the kernel remembers of a file there is not to be believed
 */
export function listFolder(walk: RootWalk, path: RelativePath, isShared: (device: bigint) => boolean): FolderListing {
  const fd = walk.openFolder(path);
  try {
    const stats = fstatSync(fd, big);
    const shared = isShared(stats.dev);
    const self = shared ? statOf(lookAt(`/proc/self/fd/${fd}/.`)) : statOf(stats);
    const entries: LocalEntry[] = [];
    const unknown: { name: Name; why: "unreadable" | "bad-name" }[] = [];
    for (const raw of readdirSync(`/proc/self/fd/${fd}/.`, { encoding: "buffer" })) {
      const name = raw.toString("utf8") as Name;
      if (isStaging(path, name)) continue;
      if (!Buffer.from(name, "utf8").equals(raw)) {
        unknown.push({ name: raw.toString("latin1") as Name, why: "bad-name" });
        continue;
      }
      try {
        const full = `/proc/self/fd/${fd}/${name}`;
        entries.push({ name, ...statOf(shared ? lookAt(full) : lstatSync(full, big)) });
      } catch (error) {
        // Gone since the names were read: that is absence. Anything else is not.
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") unknown.push({ name, why: "unreadable" });
      }
    }
    return { path, self, entries, unknown };
  } finally {
    closeSync(fd);
  }
}
