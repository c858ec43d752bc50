import { FileSystemError, type RelativePath, RemoteError } from "@twinfold/engine";
import type { HintHook } from "./disk-watch.ts";
import type { FaultHook, PortCall } from "./faults.ts";
import type { SeededRandomness } from "./seeded-randomness.ts";

/** Milliseconds that a call takes when it takes long. */
const SLOWEST = 700;

/** Every call of a port takes its time; some fail, before or after they took effect; news of changes comes late at times. */
export function faultsByChance(
  random: SeededRandomness,
  fails: () => boolean,
  note: (call: PortCall) => void,
): FaultHook {
  return (call) => {
    const { port, name, subject } = call;
    note(call);
    const slow = port === "remote" ? 1 + random.below(40) : random.chance(0.15) ? random.below(4) : 0;
    const isSlow = random.chance(0.03) && fails();
    const delay = isSlow ? random.below(SLOWEST) : slow;
    const timing = delay > 0 ? { delay } : {};
    const isLate = name === "wait" && fails() && random.chance(0.1);
    const answer = port === "remote" ? { answerDelay: random.below(isLate ? 5_000 : 20) } : {};
    if (!fails() || !random.chance(0.03)) return { ...timing, ...answer };
    const error = port === "remote" ? faultOfRemote(random, name) : faultOfDisk(random, name, subject);
    if (error === undefined) return { ...timing, ...answer };
    const isBefore = random.chance(0.5) || UNDONE_IF_FAILED.has(name);
    return isBefore ? { ...timing, before: error } : { ...timing, ...answer, after: error };
  };
}

/**
 * Watch events come late, twice, not at all, or in another order; where nothing fails, in order, as from inotify's queue.
 * @param unheard whether half of them are lost, as on a disk that other machines write on
 */
export function hintsByChance(
  random: SeededRandomness,
  fails: () => boolean,
  now: () => number,
  unheard: boolean,
): HintHook {
  let last = 0;
  return () => {
    if (unheard && random.chance(0.5)) return [];
    if (!fails()) {
      last = Math.max(last, now() + random.below(6));
      return [last - now()];
    }
    const roll = random.below(100);
    if (roll < 5) return [];
    if (roll < 10) return [random.below(6), random.below(300)];
    return [roll < 15 ? random.below(2000) : random.below(6)];
  };
}

function faultOfRemote(random: SeededRandomness, call: string): RemoteError | undefined {
  if (call === "changes" && random.chance(0.3)) return new RemoteError("reset", "a cursor was reset");
  if (call === "read" && random.chance(0.3)) return new RemoteError("mismatch", "other bytes came than were announced");
  return new RemoteError("offline", "the connection broke", { retryAfter: 100 + random.below(1000) });
}

/** What such a call made is handed to nobody when it fails: the port itself sees to that. */
const UNDONE_IF_FAILED = new Set(["stage"]);
/** Such as tell nothing, or of which nobody waits for the answer. */
export const NEVER_FAIL = new Set(["watch", "clearStaging", "verify", "stage.discard", "mark"]);

function faultOfDisk(random: SeededRandomness, call: string, path: string): FileSystemError | undefined {
  if (NEVER_FAIL.has(call)) return undefined;
  const code = call === "stage.write" && random.chance(0.5) ? "full" : "unreadable";
  return new FileSystemError(code, path as RelativePath, `${path}: ${code}, for once`);
}
