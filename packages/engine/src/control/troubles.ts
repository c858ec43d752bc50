import type { Clock } from "../ports/clock.ts";
import { RemoteError } from "../ports/remote.ts";
import type { SyncState } from "../status.ts";

/** Pauses between tries, in milliseconds, where the remote names none. */
const OFFLINE_AGAIN = 5_000;
const FULL_AGAIN = 30_000;
const RULES_AGAIN = 2_000;

/** What stops more than one file: each says since when, and when it is worth trying again. */
export function createTroubles(clock: Clock) {
  let offline: { readonly message: string; readonly again: number } | null = null;
  let revoked: string | null = null;
  let full: { readonly message: string; readonly again: number } | null = null;
  let disk: number | null = null;
  let root: { readonly message: string; readonly again: number } | null = null;
  let rules: { readonly message: string; readonly again: number } | null = null;

  const now = () => clock.monotonic();
  return {
    remote(error: RemoteError): void {
      if (error.code === "revoked") revoked = error.message;
      else if (error.code === "full") full = { message: error.message, again: now() + FULL_AGAIN };
      else offline = { message: error.message, again: now() + (error.retryAfter ?? OFFLINE_AGAIN) };
    },
    /** The remote gave an answer: it is not offline. */
    remoteAnswers(): void {
      offline = null;
    },
    diskFull(): void {
      disk = now() + FULL_AGAIN;
    },
    rootIsGone(message: string, again: number): void {
      root = { message, again };
    },
    rootIsThere(): void {
      root = null;
    },
    /** It is not known what is ignored, for this reason; null: it is. */
    rulesAreUnread(message: string | null): void {
      rules = message === null ? null : { message, again: now() + RULES_AGAIN };
    },
    /** The user asked: try everything now. */
    forget(): void {
      offline = revoked = full = disk = null;
    },
    /** Whether the root can't be believed, and is not to be looked at again yet. */
    rootRests: () => root !== null && root.again > now(),
    /** Whether the remote is to be left alone for now. */
    remoteRests: () => revoked !== null || (offline !== null && offline.again > now()),
    remoteFull: () => full !== null && full.again > now(),
    diskIsFull: () => disk !== null && disk > now(),
    any: () =>
      root !== null ||
      rules !== null ||
      revoked !== null ||
      offline !== null ||
      (full !== null && full.again > now()) ||
      (disk !== null && disk > now()),
    /**
     * Milliseconds until something is to be tried again; null when nothing waits. What has fallen due `since` the last
     * cycle was begun may have rested in it still: it is due now.
     */
    nextTry(since: number): number | null {
      const times = [offline?.again, full?.again, disk, root?.again, rules?.again];
      const due = times.filter((at) => typeof at === "number" && at > since) as number[];
      return due.length === 0 ? null : Math.max(0, Math.min(...due) - now());
    },
    describe(): { readonly state: SyncState; readonly message: string } | null {
      if (revoked !== null) return { state: "reconnect", message: revoked };
      if (root !== null) return { state: "needs attention", message: root.message };
      if (rules !== null)
        return { state: "needs attention", message: `${rules.message} Nothing is synced until it can be read.` };
      if (offline !== null) return { state: "offline", message: offline.message };
      if (full !== null && full.again > now()) return { state: "Dropbox full", message: full.message };
      if (disk !== null && disk > now()) {
        return { state: "disk full", message: "The disk is full. Uploads go on; downloads resume when there is room." };
      }
      return null;
    },
  };
}

/** Whatever the remote said: it is to be tried again later. */
export function asOffline(error: RemoteError): RemoteError {
  return error.code === "offline" ? error : new RemoteError("offline", error.message, { cause: error });
}
