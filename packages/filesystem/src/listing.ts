import { closeSync, fstatSync, lstatSync, readdirSync } from "node:fs";
import type { FolderListing, LocalEntry, Name, RelativePath } from "@twinfold/engine";
import type { RootWalk } from "./root-walk.ts";
import { isStaging } from "./staging.ts";
import { statOf } from "./stat.ts";

const big = { bigint: true } as const;

/** Reads one folder whole, staging left out. @throws what opening a folder throws */
export function listFolder(walk: RootWalk, path: RelativePath): FolderListing {
  const fd = walk.openFolder(path);
  try {
    const self = statOf(fstatSync(fd, big));
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
        entries.push({ name, ...statOf(lstatSync(`/proc/self/fd/${fd}/${name}`, big)) });
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
