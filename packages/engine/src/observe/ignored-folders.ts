import type { Clock } from "../ports/clock.ts";
import type { FileSystem } from "../ports/file-system.ts";
import { joinPath, type LocalIdentity, type Name, type RelativePath } from "../ports/values.ts";

/** Folders that are listed in one search; what lies deeper in vast ignored trees is not found. */
const MOST_FOLDERS = 20_000;
/** After a search there is none for so many times as long as it took, and no longer than this, in milliseconds. */
const REST = 20;
const LONGEST_REST = 10_000;

/**
 * Folders on disk that a rule of the user's leaves out. Nobody follows what happens in them; but what a user moves
 * there is not deleted (SPEC section 3), so before an absence is believed they are searched for what is absent.
 */
export function createIgnoredFolders(fileSystem: FileSystem, clock: Clock) {
  const byParent = new Map<RelativePath, Set<Name>>();
  let restsUntil = 0;

  async function search(wanted: ReadonlySet<LocalIdentity>): Promise<Map<LocalIdentity, RelativePath>> {
    const found = new Map<LocalIdentity, RelativePath>();
    let next: RelativePath[] = [...byParent].flatMap(([parent, names]) =>
      [...names].map((name) => joinPath(parent, name)),
    );
    for (let listed = 0; next.length > 0 && listed < MOST_FOLDERS && found.size < wanted.size; ) {
      const folders = next;
      next = [];
      listed += folders.length;
      for await (const result of fileSystem.list(folders)) {
        if ("error" in result) {
          if (result.error.code === "root") throw result.error;
          continue;
        }
        for (const { name, kind, identity } of result.entries) {
          const path = joinPath(result.path, name);
          if (wanted.has(identity)) found.set(identity, path);
          if (kind === "folder") next.push(path);
        }
      }
    }
    return found;
  }

  return {
    /** The folder is being listed: which ignored ones it holds is told anew. */
    forgetIn: (folder: RelativePath): boolean => byParent.delete(folder),
    note(parent: RelativePath, name: Name): void {
      const names = byParent.get(parent);
      if (names === undefined) byParent.set(parent, new Set([name]));
      else names.add(name);
    },
    /** Milliseconds until there may be a search again. */
    rest: (): number => Math.max(0, restsUntil - clock.monotonic()),
    /** @returns where the wanted things are now; null when it is too early to search again */
    async find(wanted: ReadonlySet<LocalIdentity>): Promise<Map<LocalIdentity, RelativePath> | null> {
      if (wanted.size === 0 || byParent.size === 0) return new Map();
      const began = clock.monotonic();
      if (began < restsUntil) return null;
      const found = await search(wanted);
      const ended = clock.monotonic();
      restsUntil = ended + Math.min(LONGEST_REST, REST * (ended - began));
      return found;
    },
  };
}

export type IgnoredFolders = ReturnType<typeof createIgnoredFolders>;
