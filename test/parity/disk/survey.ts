import { joinPath, type LocalStat, type RelativePath, ROOT_PATH } from "@twinfold/engine";
import type { DiskSide } from "./sides.ts";
import type { StatWords } from "./words.ts";

export interface Survey {
  readonly lines: readonly string[];
  readonly stats: ReadonlyMap<RelativePath, LocalStat>;
  /** Folders that could not be listed. */
  readonly closed: readonly RelativePath[];
}

/** Everything there is, as the port lists it, and what is in files, as programs read them. */
export async function survey({ files, calls }: DiskSide, words: StatWords): Promise<Survey> {
  const lines: string[] = [];
  const stats = new Map<RelativePath, LocalStat>();
  const closed: RelativePath[] = [];

  async function visit(path: RelativePath): Promise<void> {
    for await (const result of files.list([path])) {
      if ("error" in result) {
        closed.push(path);
        lines.push(`${path}/ can't be listed: ${result.error.code}`);
        continue;
      }
      stats.set(path, result.self);
      lines.push(`${path}/ ${words.of(result.self)}`);
      for (const { name, why } of byName(result.unknown)) lines.push(`${joinPath(path, name)} is unknown: ${why}`);
      for (const entry of byName(result.entries)) {
        const below = joinPath(path, entry.name);
        stats.set(below, entry);
        if (entry.kind === "folder") await visit(below);
        else lines.push(`${below} ${words.of(entry)}${entry.kind === "file" ? `: ${peek(below)}` : ""}`);
      }
    }
  }

  function peek(path: string): string {
    try {
      const { mode, content } = calls.peek(path);
      return `${mode.toString(8)} ${JSON.stringify(content)}`;
    } catch (error) {
      return `can't be read: ${(error as NodeJS.ErrnoException).code}`;
    }
  }

  await visit(ROOT_PATH);
  return { lines, stats, closed };
}

export function byName<T extends { readonly name: string }>(things: readonly T[]): T[] {
  return [...things].sort((a, b) => (a.name < b.name ? -1 : 1));
}
