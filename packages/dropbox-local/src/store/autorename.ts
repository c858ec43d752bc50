import { pathKey } from "@twinfold/dropbox-rules";
import { type FullPath, nameOf, parentOf } from "./paths.ts";

/** How a taken name is varied: `a (1).txt`, or `a (conflicted copy).txt` for an update that came too late (specification). */
export type RenameStyle = "number" | "conflicted-copy";

/** The first variation of a path that is free. Beyond the first conflicted copy Dropbox's form is not documented. */
export function freePath(path: FullPath, style: RenameStyle, isTaken: (key: string) => boolean): FullPath {
  const name = nameOf(path.display);
  const dot = name.lastIndexOf(".");
  const stem = dot > 0 ? name.slice(0, dot) : name;
  const extension = dot > 0 ? name.slice(dot) : "";
  for (let count = style === "number" ? 1 : 0; ; count++) {
    const display = `${parentOf(path.display)}/${stem} (${label(style, count)})${extension}`;
    const key = pathKey(display);
    if (!isTaken(key)) return { key, display };
  }
}

function label(style: RenameStyle, count: number): string {
  if (style === "number") return String(count);
  return count === 0 ? "conflicted copy" : `conflicted copy ${count}`;
}
