import { fstatSync, readFileSync } from "node:fs";
import { readFile, realpath } from "node:fs/promises";
import { type Mount, type RelativePath, ROOT_PATH } from "@twinfold/engine";
import { tellsOfAllWriters } from "./unheard-writers.ts";

/** One line of `/proc/self/mountinfo` (proc_pid_mountinfo(5)), its fields 1, 3, 5 and the first after the lone dash. */
export interface MountLine {
  readonly id: string;
  /** As `st_dev` of what lies in it. */
  readonly device: bigint;
  readonly point: string;
  readonly kind: string;
}

export async function readMounts(): Promise<MountLine[]> {
  return parseMounts(await readFile("/proc/self/mountinfo", "utf8"));
}

export function parseMounts(text: string): MountLine[] {
  const mounts: MountLine[] = [];
  for (const line of text.split("\n")) {
    const [before = "", after = ""] = line.split(" - ");
    const [id, , device, , point] = before.split(" ");
    if (id === undefined || device === undefined || point === undefined) continue;
    mounts.push({ id, device: deviceNumber(device), point: unescaped(point), kind: after.split(" ")[0] ?? "" });
  }
  return mounts;
}

/** Where something is mounted below a folder; of what is mounted over each other, the last. */
export async function mountsBelow(root: string, mounts: readonly MountLine[]): Promise<Mount[]> {
  const above = `${await realpath(root)}/`;
  const found = new Map<RelativePath, Mount>();
  for (const { point, kind } of mounts) {
    if (!point.startsWith(above)) continue;
    const path = point.slice(above.length) as RelativePath;
    found.set(path, { path, kind, tellsAll: tellsOfAllWriters(kind) });
  }
  return [...found.values()];
}

/** What an open folder lies in; null where that is mounted out of this process's sight. */
export function mountOf(fd: number, mounts: readonly MountLine[]): Mount | null {
  const id = mountIdOf(fd);
  const line = mounts.find((one) => one.id === id);
  return line === undefined ? null : { path: ROOT_PATH, kind: line.kind, tellsAll: tellsOfAllWriters(line.kind) };
}

/**
 * What a rename can't leave: the mount that an open descriptor is of (proc_pid_fdinfo(5)), and the device, of which a mount
 * may have several (subvolumes).
 */
export function territoryOf(fd: number): string {
  return `${mountIdOf(fd)}:${fstatSync(fd, { bigint: true }).dev}`;
}

/** Undefined where the kernel does not say. */
export function mountIdOf(fd: number): string | undefined {
  return /^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"))?.[1];
}

/** `MAJOR:MINOR` as makedev(3) puts them together. */
function deviceNumber(text: string): bigint {
  const [major = 0n, minor = 0n] = text.split(":").map(BigInt);
  return ((major & ~0xfffn) << 32n) | ((major & 0xfffn) << 8n) | ((minor & ~0xffn) << 12n) | (minor & 0xffn);
}

function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
