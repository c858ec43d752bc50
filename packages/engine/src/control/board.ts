import type { Clock } from "../ports/clock.ts";
import { type Activity, type EngineStatus, type Progress, STOPPED } from "../status.ts";
import type { Waiting } from "./backlog.ts";

/** The window over which the rate is measured, in milliseconds. */
const RATE_WINDOW = 3_000;

/** What is told outside: the status, the progress of the present batch of transfers, and what was done. */
export function createBoard(clock: Clock) {
  const statusListeners = new Set<(status: EngineStatus) => void>();
  const activityListeners = new Set<(activity: Activity) => void>();
  let status = STOPPED;
  let told = JSON.stringify(status);

  let filesDone = 0;
  let filesTotal = 0;
  let bytesDone = 0;
  let bytesTotal = 0;
  let samples: { readonly at: number; readonly bytes: number }[] = [];

  /** @param ahead what is still to begin */
  function progress(ahead: Waiting): Progress | null {
    if (filesTotal === 0) return null;
    const now = clock.monotonic();
    samples = samples.filter((sample) => now - sample.at < RATE_WINDOW);
    samples.push({ at: now, bytes: bytesDone });
    const first = samples[0];
    const elapsed = first === undefined ? 0 : now - first.at;
    const rate = first === undefined || elapsed < 1 ? 0 : Math.max(0, ((bytesDone - first.bytes) / elapsed) * 1000);
    const left = Math.max(0, bytesTotal + ahead.bytes - bytesDone);
    const total = { filesTotal: filesTotal + ahead.files, bytesTotal: bytesTotal + ahead.bytes };
    return { filesDone, bytesDone, ...total, rate, timeLeft: rate > 0 ? left / rate : null };
  }

  return {
    status: () => status,
    publish(next: Omit<EngineStatus, "progress">, ahead: Waiting = { files: 0, bytes: 0 }): void {
      status = { ...next, progress: progress(ahead) };
      const words = JSON.stringify(status);
      if (words === told) return;
      told = words;
      for (const listener of statusListeners) listener(status);
    },
    onStatus(listener: (status: EngineStatus) => void): () => void {
      statusListeners.add(listener);
      listener(status);
      return () => statusListeners.delete(listener);
    },
    onActivity(listener: (activity: Activity) => void): () => void {
      activityListeners.add(listener);
      return () => activityListeners.delete(listener);
    },
    record(activity: Omit<Activity, "at">): void {
      const dated = { at: new Date(clock.now()).toISOString(), ...activity };
      for (const listener of activityListeners) listener(dated);
    },
    transferBegins(bytes: number): void {
      filesTotal++;
      bytesTotal += bytes;
    },
    transferMoves(bytes: number): void {
      bytesDone += bytes;
    },
    transferEnds(): void {
      filesDone++;
    },
    /** Everything of the present batch is done: the next transfer begins a new one. */
    restartProgress(): void {
      filesDone = filesTotal = bytesDone = bytesTotal = 0;
      samples = [];
    },
  };
}

export type Board = ReturnType<typeof createBoard>;
