import { ApiFailure } from "./api.ts";

/** Between one try and the next, in milliseconds; after the last pause it is as long each time. */
const PAUSES = [500, 1000, 2000, 4000];

/** No connection; a server that starts anew behind its proxy; one that is busy. */
const PASSING: ReadonlySet<number> = new Set([0, 502, 503, 504]);

/** Whether the same request may fare better in a moment. */
export function isPassing(error: unknown): error is ApiFailure {
  return error instanceof ApiFailure && (PASSING.has(error.status) || error.code === "restoring");
}

/** While the server can't be reached: when to give up, and who is told why nothing happens. */
export interface Waiting {
  readonly signal?: AbortSignal;
  readonly onWaiting?: (why: string) => void;
}

/** Does it again and again until the server can be reached. @throws what `body` throws for another reason, or when it was broken off */
export async function untilReached<T>(body: () => Promise<T>, { signal, onWaiting }: Waiting): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await body();
    } catch (error) {
      if (signal?.aborted || !isPassing(error)) throw error;
      onWaiting?.(error.message);
    }
    await pause(PAUSES[Math.min(tries, PAUSES.length - 1)] ?? 0, signal);
  }
}

/** Shorter when the browser finds a network, or when it was broken off. */
function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      window.removeEventListener("online", end);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    window.addEventListener("online", end);
    signal?.addEventListener("abort", end);
  });
}
