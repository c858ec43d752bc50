const WINDOW = 60_000;
const ATTEMPTS = 10;

/** Slows down who guesses one user's password from many addresses: ten attempts a minute that do not succeed. */
export function createLoginLimit() {
  const attempts = new Map<string, number[]>();
  return {
    /** Counts an attempt before it is made, so that many at once are no way round. @returns false when it must not be made */
    mayTry(email: string, now = Date.now()): boolean {
      const recent = (attempts.get(email) ?? []).filter((time) => time > now - WINDOW);
      if (recent.length >= ATTEMPTS) return false;
      // Addresses that nobody tries any more are not remembered.
      for (const [other, times] of attempts) if ((times.at(-1) ?? 0) <= now - WINDOW) attempts.delete(other);
      attempts.set(email, [...recent, now]);
      return true;
    },
    succeeded: (email: string) => attempts.delete(email),
  };
}
