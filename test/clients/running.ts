import type { ChildProcessByStdio } from "node:child_process";
import type { Readable } from "node:stream";

/** What a program has printed, and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** A program that runs, with all that it prints. */
export class Running {
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  #output = "";
  #heard: () => void = () => {};

  constructor(child: ChildProcessByStdio<null, Readable, Readable>) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.#output += text;
        this.#heard();
      });
    this.ended = new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => {
        resolve({ code, output: this.#output });
        this.#heard();
      });
    });
  }

  output(): string {
    return this.#output;
  }

  hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Resolves when it has printed a text. @throws when it has ended without */
  async printed(text: string): Promise<void> {
    while (!this.#output.includes(text)) {
      if (this.hasEnded()) throw new Error(`it ended without printing ${text}:\n${this.#output}`);
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Ends it whatever it does. */
  async kill(): Promise<void> {
    if (!this.hasEnded()) this.signal("SIGKILL");
    await this.ended;
  }
}
