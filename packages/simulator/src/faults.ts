import type { Clock } from "@twinfold/engine";

/** One call of a port, as its hook sees it. */
export interface PortCall {
  readonly port: "file system" | "remote";
  /** The method, such as "place" or "write". */
  readonly name: string;
  /** Paths it is about, or "". */
  readonly subject: string;
  /** Which engine calls, where there are several. */
  readonly caller?: string;
}

/** What is to become of a call. All of it may be given together. */
export interface Fault {
  /** Milliseconds until it takes effect. */
  readonly delay?: number;
  /** Thrown instead of doing anything. */
  readonly before?: Error;
  /** Thrown after everything was done: the caller can't know. */
  readonly after?: Error;
  /** Done between the effect and a last look at it, where the call has one: `place`. */
  readonly amid?: () => void;
  /** Milliseconds from the effect to the answer. */
  readonly answerDelay?: number;
}

/** Asked at every call; undefined: it works at once. */
export type FaultHook = (call: PortCall) => Fault | undefined;

/** Never resolves: what a caller gets whose process is dead. */
export const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

/** Runs the calls of one connection to a virtual part, with what its hook decides, until the connection is cut. */
export class Calls {
  readonly #port: PortCall["port"];
  readonly #clock: Clock;
  readonly #hook: FaultHook | undefined;
  #dead = false;

  constructor(port: PortCall["port"], clock: Clock, hook: FaultHook | undefined) {
    this.#port = port;
    this.#clock = clock;
    this.#hook = hook;
  }

  get dead(): boolean {
    return this.#dead;
  }

  /** The process that called is gone: nothing takes effect any more and nothing is answered. */
  kill(): void {
    this.#dead = true;
  }

  /** `effect` happens in one moment, unless it waits itself; it is given what is to be done amid it. */
  async run<T>(name: string, subject: string, effect: (amid: () => void) => T | Promise<T>): Promise<T> {
    if (this.#dead) return never();
    const fault = this.#hook?.({ port: this.#port, name, subject });
    if (fault?.delay !== undefined) await this.pause(fault.delay);
    else await undefined;
    if (this.#dead) return never();
    if (fault?.before !== undefined) throw fault.before;
    let result: T;
    try {
      result = await effect(fault?.amid ?? (() => undefined));
    } catch (error) {
      if (this.#dead) return never();
      throw error;
    }
    if (fault?.answerDelay !== undefined) await this.pause(fault.answerDelay);
    if (this.#dead) return never();
    if (fault?.after !== undefined) throw fault.after;
    return result;
  }

  /** Waits; a dead caller waits for ever. */
  async pause(milliseconds: number): Promise<void> {
    await this.#clock.sleep(milliseconds);
    if (this.#dead) return never();
  }
}
