import { lstatSync, readdirSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { processStart } from "@twinfold/host";

/** Who works in a staging folder. */
export interface StagingOwner {
  readonly host: string;
  readonly pid: number;
  /** As `processStart` says it. */
  readonly started: string;
}

let instances = 0;

/** A name for another staging folder of this process. */
export function newOwnerName(): string {
  return `${hostname()}-${process.pid}-${processStart(process.pid) ?? 0}-${++instances}`;
}

/** Whose a staging folder of this name is; null where it is none. */
export function ownerOf(name: string): StagingOwner | null {
  const [, host, pid, started] = /^(.*)-(\d+)-(\d+)-\d+$/.exec(name) ?? [];
  return host === undefined || started === undefined ? null : { host, pid: Number(pid), started };
}

/** Of this host's it is known whether they live. @param lives tells it of another's */
export function isAlive({ host, pid, started }: StagingOwner, lives: () => boolean): boolean {
  return host === hostname() ? processStart(pid) === started : lives();
}

/** What is put together is written to, and then goes: nothing waits there for so long, in milliseconds. */
const STILL = 24 * 60 * 60_000;

/** Whether anything was done in a staging folder within a day, as far as can be seen. */
export function wasUsed(folder: string): boolean {
  try {
    const times = ["", ...readdirSync(folder)].map((name) => lstatSync(join(folder, name)).mtimeMs);
    return Date.now() - Math.max(...times) < STILL;
  } catch {
    return true;
  }
}
