import type { Clock, Randomness } from "@twinfold/engine";
import { ConnectionError, DropboxApiError, isBusy, isPassing, mayBeDone } from "./api-error.ts";

/** Milliseconds: the first pause after a failure, and the longest. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 2_000;
/**
 * Milliseconds for which failures are borne here. Short where there is no answer or only errors: the user is to hear of
 * it, and the engine comes again. Longer where Dropbox answers that it is busy with other writes: it is there.
 */
const PATIENCE = 5_000;
const PATIENCE_WITH_BUSY = 30_000;
/** Milliseconds without another failure after which an old one says nothing about now. */
const FORGOTTEN_AFTER = 15_000;
/** How many transfers may be under way at the most. */
const MOST_AT_ONCE = 16;

export interface Persistence<T> {
  /** Asked before a request is repeated that may have been carried out unheard; what it returns is taken for the answer. */
  readonly ambiguous?: () => Promise<T | undefined>;
  /** Milliseconds for which missing answers are borne; for requests whose giving up costs much. */
  readonly patience?: number;
}

/**
 * One account's manners, shared by all its sessions: a pause that the server asks for holds for every request
 * (limits are per authorization), the number of requests under way adapts (one more with success, half with refusal),
 * and what one request learns about whether Dropbox can be reached, all know.
 */
export function createPacing(clock: Clock, randomness: Randomness) {
  let pausedUntil = 0;
  let width = 4;
  let under = 0;
  const queue = new Set<() => void>();
  /** Since when nothing was answered, and the last time that this showed. */
  let unreachable: { readonly since: number; readonly last: number } | null = null;
  const asleep = new Set<() => void>();

  function admit(): void {
    for (const enter of queue) {
      if (under >= Math.floor(width)) return;
      queue.delete(enter);
      under++;
      enter();
    }
  }

  /** Resolves with a place that is to be given back, or without one when the signal aborts. */
  function place(signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const leave = () => {
        if (queue.delete(enter)) resolve(false);
      };
      const enter = () => {
        signal.removeEventListener("abort", leave);
        resolve(true);
      };
      if (signal.aborted) return resolve(false);
      signal.addEventListener("abort", leave, { once: true });
      queue.add(enter);
      admit();
    });
  }

  /** Full jitter ("Exponential backoff and jitter", AWS architecture blog). */
  function backoff(tries: number): number {
    return randomness.next() * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** tries);
  }

  /** @returns whether the sleep was cut short because Dropbox answers again */
  async function sleep(milliseconds: number, signal: AbortSignal, wakeable: boolean): Promise<boolean> {
    const nap = new AbortController();
    let woken = false;
    const end = () => nap.abort();
    const wake = () => {
      woken = true;
      end();
    };
    if (wakeable) asleep.add(wake);
    signal.addEventListener("abort", end, { once: true });
    await clock.sleep(milliseconds, nap.signal);
    signal.removeEventListener("abort", end);
    asleep.delete(wake);
    signal.throwIfAborted();
    return woken;
  }

  async function untilAllowed(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    for (let left = pausedUntil - clock.monotonic(); left > 0; left = pausedUntil - clock.monotonic()) {
      await sleep(left, signal, false);
    }
  }

  function noteSilence(): number {
    const now = clock.monotonic();
    const since = unreachable === null || now - unreachable.last > FORGOTTEN_AFTER ? now : unreachable.since;
    unreachable = { since, last: now };
    return since;
  }

  function noteAnswer(): void {
    if (unreachable === null) return;
    unreachable = null;
    for (const wake of asleep) wake();
  }

  /** What the answer says about the account holds for all its requests. @throws what the attempt throws */
  async function once<T>(signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
    try {
      const result = await attempt();
      noteAnswer();
      width = Math.min(MOST_AT_ONCE, width + 1 / width);
      admit();
      return result;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof DropboxApiError) {
        noteAnswer();
        if (error.status === 429 || error.status === 503) width = Math.max(1, width / 2);
        if (isPassing(error) && error.retryAfter !== undefined)
          pausedUntil = Math.max(pausedUntil, clock.monotonic() + error.retryAfter * 1000);
      }
      throw error;
    }
  }

  return {
    /** Whether the server has asked for a pause that is not over. */
    isPaused: () => pausedUntil > clock.monotonic(),

    /** Makes a request that is not to be made again, unless somebody looks before. @throws what the attempt throws */
    once,

    /** At most so many bodies under way at a time as the server bears. */
    async transfer<T>(signal: AbortSignal, body: () => Promise<T>): Promise<T> {
      if (!(await place(signal))) throw signal.reason;
      try {
        signal.throwIfAborted();
        return await body();
      } finally {
        under--;
        admit();
      }
    },

    /**
     * Makes a request again while it fails for reasons that pass: 429 and 503 as long as the server says, what names no
     * time as long as patience lasts. While nothing at all is answered, all requests of the account share one patience.
     */
    async persist<T>(signal: AbortSignal, attempt: () => Promise<T>, options: Persistence<T> = {}): Promise<T> {
      let failingSince: number | null = null;
      let woken = false;
      for (let tries = 0; ; tries++) {
        await untilAllowed(signal);
        try {
          return await once(signal, attempt);
        } catch (error) {
          if (!isPassing(error)) throw error;
          if (!(error instanceof DropboxApiError) || error.retryAfter === undefined) {
            const silent = error instanceof ConnectionError;
            const silentSince = silent ? noteSilence() : clock.monotonic();
            failingSince ??= clock.monotonic();
            const since = options.patience === undefined ? Math.min(failingSince, silentSince) : failingSince;
            const own = options.patience ?? PATIENCE;
            const patience = isBusy(error) ? PATIENCE_WITH_BUSY : silent ? own : Math.max(own, PATIENCE);
            if (clock.monotonic() - since >= patience) throw error;
            // Woken once only: that another request is answered does not mean that this one would be.
            woken = (await sleep(backoff(tries), signal, silent && !woken)) || woken;
          }
          if (options.ambiguous !== undefined && mayBeDone(error)) {
            const known = await options.ambiguous();
            if (known !== undefined) return known;
          }
        }
      }
    },
  };
}

export type Pacing = ReturnType<typeof createPacing>;
