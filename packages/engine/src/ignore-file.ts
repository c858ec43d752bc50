import { isTransient } from "./plan/names.ts";
import { holdsTransient } from "./plan/transients.ts";
import type { FileSystem, LocalStat } from "./ports/file-system.ts";
import { FileSystemError } from "./ports/file-system.ts";
import type { CompileIgnoreRules, IgnoreRules } from "./ports/ignore.ts";
import type { Store } from "./ports/store.ts";
import { joinPath, type Name, type NodeId, type RelativePath, ROOT, ROOT_PATH } from "./ports/values.ts";

/** At the root of the files only (SPEC section 3). */
export const IGNORE_FILE = ".mignore" as Name;
export const IGNORE_PATH = IGNORE_FILE as string as RelativePath;
/** A larger one is no ignore file that a person wrote; bytes. */
const MAXIMUM_SIZE = 4 * 1024 * 1024;

/** Keeps the rules as the ignore file on disk has them. */
export function createIgnoreFile(fileSystem: FileSystem, compile: CompileIgnoreRules) {
  let text = "";
  let fingerprint: string | null = null;
  let rules: IgnoreRules = compile(text);
  let isKnown = false;
  let unread: string | null = null;

  /** Not being able to see the rules is no reason to drop them; nor to go by those that held before. */
  function keep(error: unknown): false {
    if (!(error instanceof FileSystemError) || error.code === "root") throw error;
    unread = error.message;
    return false;
  }

  return {
    rules: () => rules,
    text: () => text,
    /** Why it is not known which rules there are; null when it is. */
    unread: () => unread,
    /** Reads the file if it changed. @returns whether the rules did. */
    async refresh(): Promise<boolean> {
      let stat: LocalStat | null;
      try {
        stat = await fileSystem.stat(IGNORE_PATH);
      } catch (error) {
        return keep(error);
      }
      const now = stat?.kind === "file" && stat.size <= MAXIMUM_SIZE ? stat.fingerprint : null;
      if (now === fingerprint && isKnown) {
        unread = null;
        return false;
      }
      let next = "";
      if (stat !== null && now !== null) {
        try {
          next = await readWhole(fileSystem, stat.size, stat.fingerprint);
        } catch (error) {
          // Such as that it is being written just now.
          return keep(error);
        }
      }
      isKnown = true;
      unread = null;
      fingerprint = now;
      if (next === text) return false;
      text = next;
      rules = compile(text);
      return true;
    },
  };
}

async function readWhole(fileSystem: FileSystem, size: number, fingerprint: string): Promise<string> {
  const file = await fileSystem.open(IGNORE_PATH, fingerprint as Parameters<FileSystem["open"]>[1]);
  try {
    const chunks: Uint8Array[] = [];
    for await (const chunk of file.read(0, size)) chunks.push(chunk);
    if (!(await file.verify())) throw new FileSystemError("changed", IGNORE_PATH, `${IGNORE_FILE} is being written`);
    return Buffer.concat(chunks).toString("utf8");
  } finally {
    await file.close();
  }
}

/**
 * After the rules changed: what is synced and now matches stays where it is, on both sides, and is synced no more.
 * Everything else is compared anew.
 */
export function applyRules(store: Store, rules: IgnoreRules): void {
  store.transaction(() => {
    const visit = (id: NodeId, folder: RelativePath) => {
      for (const child of store.local.children(id)) {
        // What has a name of ours is on its way: the planner gives it its own back first.
        if (child.kind === "special" || isTransient(child.name)) continue;
        const path = joinPath(folder, child.name);
        const isIgnored = rules.match(path, child.kind) !== null;
        if (isIgnored && !holdsTransient(store.local, child.id)) {
          store.local.remove(child.id);
          store.synced.remove(child.id);
          continue;
        }
        // The planner lets it go when nothing in it is on its way any more.
        if (isIgnored) store.changed.add(child.id);
        if (child.kind === "folder") visit(child.id, path);
      }
    };
    visit(ROOT, ROOT_PATH);
  });
}
