import type { SyncSession } from "@twinfold/session";

/** How long a command's answer waits for the session to be as it was told, in milliseconds. */
const HEEDED_WITHIN = 5_000;

/** Gives a command, and waits until the session's state says so, or has had time enough. */
export function heeded(session: SyncSession, command: () => void, paused: boolean): Promise<void> {
  return new Promise((resolve) => {
    command();
    const stop = session.onStatus(({ state }) => {
      if ((state === "paused") === paused) queueMicrotask(end);
    });
    const timer = setTimeout(end, HEEDED_WITHIN);
    function end(): void {
      clearTimeout(timer);
      stop();
      resolve();
    }
  });
}
