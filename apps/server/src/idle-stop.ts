/** How long before the end it is said, in milliseconds; half of the whole where that is less. */
const SAID_BEFORE = 5 * 60_000;

export interface IdleWatch {
  /** Somebody uses it, or it does something: it starts to count anew. */
  used(): void;
  /** When it ends, once that is near; null before. */
  endsAt(): Date | null;
  stop(): void;
}

/**
 * Ends what nobody uses, and says so before. @param limit milliseconds without use; 0 for never
 * @param changed what is said has changed
 */
export function watchIdle(limit: number, changed: () => void, end: () => void): IdleWatch {
  const before = Math.min(SAID_BEFORE, limit / 2);
  let lastUsed = Date.now();
  let said = false;
  let timer: NodeJS.Timeout | null = null;

  function look(): void {
    const left = lastUsed + limit - Date.now();
    if (left <= 0) {
      end();
      return;
    }
    if (left <= before && !said) {
      said = true;
      changed();
    }
    timer = setTimeout(look, left <= before ? left : left - before).unref();
  }
  if (limit > 0) look();

  return {
    used() {
      lastUsed = Date.now();
      if (!said) return;
      said = false;
      changed();
    },
    endsAt: () => (said ? new Date(lastUsed + limit) : null),
    stop() {
      if (timer !== null) clearTimeout(timer);
    },
  };
}
