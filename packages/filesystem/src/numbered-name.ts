import { basename, dirname } from "node:path";
import { nameWith } from "./name-with.ts";

/** `folder/name (2).txt`: what is put beside something that has its name. */
export function numberedName(path: string, count: number): string {
  const folder = dirname(path) === "." ? "" : `${dirname(path)}/`;
  return `${folder}${nameWith(basename(path), ` (${count})`)}`;
}
