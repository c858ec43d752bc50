import { type Activity, type Engine, type EngineStatus, systemClock } from "@twinfold/engine";
import { type DurableStore, type Refusal, refusalOf } from "@twinfold/store";

/** How often is tried whether the disk takes again what is to be remembered, in milliseconds. */
const TRY_AGAIN = 5_000;

/** What runs for as long as a session does. */
export type LastingEngine = Omit<Engine, "observeOnce" | "recall">;

/**
 * What an engine knows could not be written: as after a kill it does not go on with what it has in mind, and another one goes
 * on from what is in the trees once they can be written again. Meanwhile they can be read.
 * @param where the state folder, in words for people
 */
export function createLastingEngine(
  create: () => Engine,
  store: Pick<DurableStore, "renew">,
  where: string,
): LastingEngine {
  const statusListeners = new Set<(status: EngineStatus) => void>();
  const activityListeners = new Set<(activity: Activity) => void>();
  let engine = attended(create());
  let trouble: Pick<EngineStatus, "state" | "message"> | null = null;
  let renewed = Promise.withResolvers<void>();
  let isPaused = false;
  let isStopped = false;
  let pause = new AbortController();
  const tryNow = () => pause.abort();

  function status(): EngineStatus {
    if (trouble === null) return engine.status();
    return { ...engine.status(), ...(isPaused ? { state: "paused", message: null } : trouble) };
  }

  function tell(): void {
    const now = status();
    for (const listener of statusListeners) listener(now);
  }

  /** What it tells is told on, from when it has its place. */
  function attended(next: Engine): Engine {
    next.onActivity((one) => {
      for (const listener of activityListeners) listener(one);
    });
    let isNew = true;
    next.onStatus(() => {
      if (!isNew) tell();
    });
    isNew = false;
    return next;
  }

  async function renew(): Promise<void> {
    while (!isStopped) {
      pause = new AbortController();
      await systemClock.sleep(TRY_AGAIN, pause.signal);
      if (isStopped) return;
      try {
        store.renew();
        engine = attended(create());
        if (isPaused) engine.pause();
        return;
      } catch (error) {
        if (refusalOf(error) === null) throw error;
      }
    }
  }

  return {
    async run(signal) {
      while (!isStopped) {
        try {
          return await engine.run(signal);
        } catch (error) {
          const refusal = refusalOf(error);
          if (refusal === null || isStopped) throw error;
          trouble = inWords(refusal, where, error as Error);
        }
        tell();
        try {
          await renew();
        } finally {
          trouble = null;
          renewed.resolve();
          renewed = Promise.withResolvers();
        }
      }
      tell();
    },
    stop(flushSeconds) {
      isStopped = true;
      tryNow();
      return engine.stop(flushSeconds);
    },
    status,
    onStatus(listener) {
      statusListeners.add(listener);
      listener(status());
      return () => statusListeners.delete(listener);
    },
    onActivity(listener) {
      activityListeners.add(listener);
      return () => activityListeners.delete(listener);
    },
    plan: () => engine.plan(),
    why: (path) => engine.why(path),
    whyIn: (folder, names) => engine.whyIn(folder, names),
    notSynced: () => engine.notSynced(),
    notSyncedWithFixes: (most) => engine.notSyncedWithFixes(most),
    inRemote: (enter) => engine.inRemote(enter),
    conflicts: () => engine.conflicts(),
    async wait(timeoutSeconds) {
      const began = performance.now();
      if (trouble !== null) {
        tryNow();
        await within(timeoutSeconds * 1000, renewed.promise);
      }
      return engine.wait(Math.max(0, timeoutSeconds - (performance.now() - began) / 1000));
    },
    pause() {
      isPaused = true;
      engine.pause();
      if (trouble !== null) tell();
    },
    resume() {
      isPaused = false;
      engine.resume();
      if (trouble !== null) tell();
      tryNow();
    },
    announce: (paths) => engine.announce(paths),
    resolveHeld: (choice) => engine.resolveHeld(choice),
  };
}

function inWords(refusal: Refusal, where: string, { message }: Error): Pick<EngineStatus, "state" | "message"> {
  if (refusal === "full") {
    const words = `The disk of ${where} is full: there is remembered what is in sync. Sync goes on by itself when there is room.`;
    return { state: "disk full", message: words };
  }
  const words = `What is in sync can't be remembered in ${where}: ${message}. That is tried again every few seconds.`;
  return { state: "needs attention", message: words };
}

async function within(milliseconds: number, event: Promise<void>): Promise<void> {
  const over = new AbortController();
  await Promise.race([event, systemClock.sleep(milliseconds, over.signal)]);
  over.abort();
}
