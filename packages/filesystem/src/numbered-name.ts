import { basename, dirname } from "node:path";

/** `folder/name (2).txt`: what is put beside something that has its name. */
export function numberedName(path: string, count: number): string {
  const name = basename(path);
  const dot = name.lastIndexOf(".");
  const end = dot > 0 ? dot : name.length;
  const folder = dirname(path) === "." ? "" : `${dirname(path)}/`;
  return `${folder}${name.slice(0, end)} (${count})${name.slice(end)}`;
}
