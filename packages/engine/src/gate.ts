import type { CommitGate } from "./ports/remote.ts";

/** One at a time, in the order asked. */
export interface Lock {
  run<T>(body: () => Promise<T> | T): Promise<T>;
}

export function createLock(): Lock {
  let tail: Promise<unknown> = Promise.resolve();
  return {
    run(body) {
      const result = tail.then(body);
      tail = result.catch(() => undefined);
      return result;
    },
  };
}

/** Many at a time, or one alone. Whoever wants to be alone is next: newcomers wait behind. */
export interface SharedGate extends CommitGate {
  alone<T>(body: () => Promise<T>): Promise<T>;
}

export function createGate(): SharedGate {
  let sharing = 0;
  let taken = false;
  const aloneQueue: (() => void)[] = [];
  let shareQueue: (() => void)[] = [];

  function next(): void {
    if (taken) return;
    if (aloneQueue.length > 0) {
      if (sharing > 0) return;
      taken = true;
      aloneQueue.shift()?.();
      return;
    }
    const waiting = shareQueue;
    shareQueue = [];
    sharing += waiting.length;
    for (const enter of waiting) enter();
  }

  return {
    async share(commit) {
      await new Promise<void>((enter) => {
        shareQueue.push(enter);
        next();
      });
      try {
        return await commit();
      } finally {
        sharing--;
        next();
      }
    },
    async alone(body) {
      await new Promise<void>((enter) => {
        aloneQueue.push(enter);
        next();
      });
      try {
        return await body();
      } finally {
        taken = false;
        next();
      }
    },
  };
}
