import { fstatSync, readFileSync } from "node:fs";
import { readFile, realpath } from "node:fs/promises";
import type { RelativePath } from "@twinfold/engine";

/** Where something is mounted below a folder, by `/proc/self/mountinfo` (proc_pid_mountinfo(5)): field 5, escaped in octal. */
export async function mountsBelow(root: string): Promise<RelativePath[]> {
  const above = `${await realpath(root)}/`;
  const found = new Set<RelativePath>();
  for (const line of (await readFile("/proc/self/mountinfo", "utf8")).split("\n")) {
    const point = unescaped(line.split(" ")[4] ?? "");
    if (point.startsWith(above)) found.add(point.slice(above.length) as RelativePath);
  }
  return [...found];
}

/**
 * What a rename can't leave: the mount that an open descriptor is of (proc_pid_fdinfo(5)), and the device, of which a mount
 * may have several (subvolumes).
 */
export function territoryOf(fd: number): string {
  const mount = /^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"))?.[1];
  return `${mount}:${fstatSync(fd, { bigint: true }).dev}`;
}

function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
