import type { PortCall } from "./faults.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** Calls of ports that change something, or fetch contents. */
const CHANGES = new Set(["write", "read", "place", "createFolder", "move", "removeFile", "removeFolder"]);
/** How often one such call may be made in a second, and how often any other. */
const MOST_TRIES = 30;
const MOST_LOOKS = 200;

/** Writes down every call of every port, and sees when one is made again and again. */
export class CallLog {
  readonly trace: string[] = [];
  readonly #time: VirtualTime;
  #changes: string[] = [];
  /** How often each call was made in the present second. */
  readonly #tries = new Map<string, number>();
  #second = 0;
  #storms: string[] = [];

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  note({ caller, port, name, subject }: PortCall): void {
    const now = this.#time.monotonic();
    const who = caller === undefined ? "" : `${caller}: `;
    this.trace.push(`${Math.round(now)} ${who}${port} ${name} ${subject}`);
    const call = `${who}${name} ${subject}`;
    if (CHANGES.has(name)) this.#changes.push(call);
    const second = Math.floor(now / 1000);
    if (second !== this.#second) this.#tries.clear();
    this.#second = second;
    const tries = (this.#tries.get(call) ?? 0) + 1;
    this.#tries.set(call, tries);
    if (tries === (CHANGES.has(name) ? MOST_TRIES : MOST_LOOKS)) this.#storms.push(`${call} is tried again and again`);
  }

  /** Calls that changed something since this was asked last. Moves are left out: a name may be spelled anew at any time. */
  takeChanges(): string[] {
    const changes = this.#changes.filter((call) => !/(^|: )(write )?move /.test(call));
    this.#changes = [];
    return changes;
  }

  /** Sentences: what was made too often since this was asked last. */
  takeStorms(): string[] {
    const storms = this.#storms;
    this.#storms = [];
    return storms;
  }
}
