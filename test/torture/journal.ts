/** What was done since both sides were last found equal, with times; and someone to wake at each step. */
export class Journal {
  #steps: string[] = [];
  #began = performance.now();
  #waiting: ((step: string) => void)[] = [];
  #count = 0;

  note(step: string): void {
    const seconds = ((performance.now() - this.#began) / 1000).toFixed(3);
    this.#steps.push(`${seconds.padStart(8)} ${step}`);
    this.#count++;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake(step);
  }

  /** The next step that is noted. */
  next(): Promise<string> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  clear(): void {
    this.#steps = [];
    this.#began = performance.now();
  }

  get steps(): readonly string[] {
    return this.#steps;
  }

  get count(): number {
    return this.#count;
  }
}
