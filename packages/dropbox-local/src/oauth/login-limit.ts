const WINDOW = 5 * 60 * 1000;
const ATTEMPTS = 10;

/** Slows down who guesses passwords: ten attempts for an address in five minutes that do not succeed, then no more is made. */
export class LoginLimit {
  readonly #attempts = new Map<string, number[]>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts an attempt before it is made, so that many at once are no way round. @returns false when it must not be made */
  mayTry(email: string): boolean {
    const oldest = this.#now() - WINDOW;
    const recent = (this.#attempts.get(email) ?? []).filter((time) => time > oldest);
    if (recent.length >= ATTEMPTS) return false;
    this.#attempts.set(email, [...recent, this.#now()]);
    return true;
  }

  succeeded(email: string): void {
    this.#attempts.delete(email);
  }
}
