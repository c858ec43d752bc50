import { constants, readdirSync, renameSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { type FolderPlace, type HeldFolder, InTheWayError, inFolder, type StagingOwner } from "@twinfold/filesystem";
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
/** How often others may be faster. */
const TRIES = 5;

/** What this process holds. A file of its own that is none of these could not be removed when its time was over. */
const held = new Set<string>();
const nameOf = ({ root, names }: FolderPlace, file: string, token: number) => [root, ...names, file, token].join("/");

/** The right to be the one engine for something. */
export interface Lease {
  /** Grows with each holder: what an earlier one still does can be told apart. */
  readonly token: number;
  release(): void;
}

/**
 * Takes the lease that a file stands for. On this host a holder that was killed is known at once, by its process number
 * and start time; on another host (the root on a network file system) by its silence. The folder is walked to anew each time:
 * it may be another one, or on another disk, by then.
 * @throws SessionError `lease-held`, InTheWayError
 */
export function takeLease(place: FolderPlace, file: string, what: string): Lease {
  for (let tries = 0; ; tries++) {
    let mine: Holder;
    try {
      mine = inFolder(place, true, (folder) => takeIn(folder, place, file, what));
    } catch (error) {
      if (error instanceof SessionError || error instanceof InTheWayError) throw error;
      // Another one was faster, or has just removed the folder as it ended.
      const { code } = error as NodeJS.ErrnoException;
      if ((code === "EEXIST" || code === "ENOENT") && tries < TRIES) continue;
      throw new SessionError("lease-held", `${what} can't be taken: ${(error as Error).message}`, error);
    }
    held.add(nameOf(place, file, mine.token));
    const timer = setInterval(() => showLife(place, file, mine), BEAT).unref();
    return {
      token: mine.token,
      release() {
        clearInterval(timer);
        held.delete(nameOf(place, file, mine.token));
        try {
          inFolder(place, false, (folder) => {
            if (read(folder, file)?.token === mine.token) folder.remove(file);
          });
        } catch {
          // The folder is gone, and the lease with it; or something else has its place, which is left alone.
        }
      },
    };
  }
}

/**
 * Whether a process of another host holds one of a folder's leases (files whose names begin so) and shows life, or may do so:
 * what can't be read says nothing of its holder.
 */
export function mayHoldLease(place: FolderPlace, begin: string, { host, pid, started }: StagingOwner): boolean {
  try {
    return inFolder(place, false, (folder) =>
      readdirSync(folder.at("."))
        .filter((name) => name.startsWith(begin) && name.endsWith(".json"))
        .some((name) => {
          const one = read(folder, name);
          if (one === null) return true;
          const isIt = one.host === host && one.pid === pid && one.started === started;
          return isIt && isAlive(one, nameOf(place, name, one.token));
        }),
    );
  } catch {
    return true;
  }
}

/** @throws SessionError; `EEXIST` when another one was faster */
function takeIn(folder: HeldFolder, place: FolderPlace, file: string, what: string): Holder {
  const before = read(folder, file);
  const holds = (one: Holder) => isAlive(one, nameOf(place, file, one.token));
  // One that was just killed takes a moment to be gone.
  for (let looks = 0; before !== null && holds(before) && looks < DYING_LOOKS; looks++) pauseThread(DYING_PAUSE);
  if (before !== null && holds(before)) {
    const where = before.host === hostname() ? `process ${before.pid}` : `process ${before.pid} on ${before.host}`;
    throw new SessionError("lease-held", `${what} is already kept in sync by ${where}: stop that one first`);
  }
  // Whoever renames the dead holder's file away is the one who may go on.
  if (before !== null) {
    const gone = `${file}.${before.token}.gone`;
    renameSync(folder.at(file), folder.at(gone));
    folder.remove(gone);
  }
  const mine: Holder = {
    host: hostname(),
    pid: process.pid,
    started: processStart(process.pid) ?? "",
    token: (before?.token ?? 0) + 1,
    beat: Date.now(),
  };
  folder.create(file, JSON.stringify(mine));
  return mine;
}

/** In place, for which a full disk has room. */
function showLife(place: FolderPlace, file: string, mine: Holder): void {
  try {
    inFolder(place, false, (folder) => {
      if (read(folder, file)?.token !== mine.token) return;
      const shown = JSON.stringify({ ...mine, beat: Date.now() });
      folder.open(file, constants.O_RDWR, (fd) => writeSync(fd, shown, 0));
    });
  } catch {
    // Read-only for now, or away: the next beat may be seen again.
  }
}

function pauseThread(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** @throws InTheWayError */
function read(folder: HeldFolder, file: string): Holder | null {
  const text = folder.read(file);
  try {
    return text === null ? null : holder.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function isAlive(one: Holder, name: string): boolean {
  if (one.host !== hostname()) return Date.now() - one.beat < STALE;
  return isSameProcess(one) && (one.pid !== process.pid || held.has(name));
}
