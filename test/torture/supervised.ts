import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/** `command`: something else tells it to end. */
type End = "SIGKILL" | "SIGTERM" | "command";

/** One process after another in one role. None may end unless it is told to, nor otherwise than it is told to. */
export class Supervised {
  readonly #name: string;
  readonly #told = new Map<ChildProcess, End>();
  #child: ChildProcess | null = null;
  /** A sentence, once one has ended as it must not. */
  failure: string | null = null;

  /** @param name as a sentence begins with it */
  constructor(name: string) {
    this.#name = name;
  }

  get runs(): boolean {
    return this.#child !== null && !this.#told.has(this.#child);
  }

  /** From now on this one has the role. */
  begin(child: ChildProcess): void {
    this.#child = child;
    child.once("exit", (code, signal) => {
      if (this.#child === child) this.#child = null;
      const wrong = whatIsWrong(this.#told.get(child), code, signal);
      this.#told.delete(child);
      if (wrong !== null) this.failure ??= `${this.#name} ${wrong}`;
    });
  }

  /** Tells it to end. Resolves when it is gone, at once if there is none. */
  async end(how: End): Promise<void> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    this.#told.set(child, how);
    const gone = once(child, "exit");
    if (how !== "command") child.kill(how);
    await gone;
  }
}

function whatIsWrong(told: End | undefined, code: number | null, signal: NodeJS.Signals | null): string | null {
  const ending = `ended with ${code ?? signal}`;
  if (told === undefined) return `${ending}, by itself`;
  // One that crashed a moment before was not killed.
  if (told === "SIGKILL") return signal === "SIGKILL" ? null : `${ending}, just before it was killed`;
  return code === 0 ? null : `was told to end (${told}), and ${ending}`;
}
