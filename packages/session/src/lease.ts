import { closeSync, mkdirSync, openSync, readFileSync, renameSync, unlinkSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { isSameProcess, processStart } from "@twinfold/host";
import { z } from "zod";
import { SessionError } from "./session-error.ts";

const holder = z.object({
  host: z.string(),
  pid: z.number(),
  started: z.string(),
  token: z.number(),
  beat: z.number(),
});
type Holder = z.infer<typeof holder>;

/** A holder on another host that has not shown itself for so long is taken for gone, in milliseconds. */
const STALE = 60_000;
const BEAT = 15_000;
/** How often, and with what pauses in milliseconds, a holder on this host is looked at before it is believed to live. */
const DYING_LOOKS = 10;
const DYING_PAUSE = 30;

/** The right to be the one engine for something. */
export interface Lease {
  /** Grows with each holder: what an earlier one still does can be told apart. */
  readonly token: number;
  release(): void;
}

/**
 * Takes the lease that a file stands for. On this host a holder that was killed is known at once, by its process number
 * and start time; on another host (the root on a network file system) by its silence.
 * @throws SessionError `lease-held`
 */
export function takeLease(file: string, what: string): Lease {
  for (let tries = 0; ; tries++) {
    const before = read(file);
    // One that was just killed takes a moment to be gone.
    for (let looks = 0; before !== null && isAlive(before) && looks < DYING_LOOKS; looks++) pauseThread(DYING_PAUSE);
    if (before !== null && isAlive(before)) {
      const where = before.host === hostname() ? `process ${before.pid}` : `process ${before.pid} on ${before.host}`;
      throw new SessionError("lease-held", `${what} is already kept in sync by ${where}: stop that one first`);
    }
    // Whoever renames the dead holder's file away is the one who may go on.
    if (before !== null) {
      try {
        renameSync(file, `${file}.${before.token}.gone`);
        unlinkSync(`${file}.${before.token}.gone`);
      } catch {
        if (tries < 5) continue;
      }
    }
    const mine: Holder = {
      host: hostname(),
      pid: process.pid,
      started: processStart(process.pid) ?? "",
      token: (before?.token ?? 0) + 1,
      beat: Date.now(),
    };
    try {
      mkdirSync(file.slice(0, file.lastIndexOf("/")), { recursive: true, mode: 0o700 });
      const fd = openSync(file, "wx", 0o600);
      writeSync(fd, JSON.stringify(mine));
      closeSync(fd);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST" && tries < 5) continue;
      throw new SessionError("lease-held", `${what} can't be taken: ${(error as Error).message}`, error);
    }
    const timer = setInterval(() => {
      if (read(file)?.token === mine.token) showLife(file, { ...mine, beat: Date.now() });
    }, BEAT).unref();
    return {
      token: mine.token,
      release() {
        clearInterval(timer);
        if (read(file)?.token !== mine.token) return;
        try {
          unlinkSync(file);
        } catch {
          // The folder is gone, and the lease with it.
        }
      },
    };
  }
}

/** In place, for which a full disk has room. */
function showLife(file: string, mine: Holder): void {
  try {
    const fd = openSync(file, "r+");
    try {
      writeSync(fd, JSON.stringify(mine), 0);
    } finally {
      closeSync(fd);
    }
  } catch {
    // Read-only for now, or away: the next beat may be seen again.
  }
}

function pauseThread(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

function read(file: string): Holder | null {
  try {
    return holder.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return null;
  }
}

function isAlive(one: Holder): boolean {
  if (one.host !== hostname()) return Date.now() - one.beat < STALE;
  return isSameProcess(one);
}
