import { FileSystemError, type RelativePath, RemoteError } from "@twinfold/engine";
import type { Fault, PortCall } from "./faults.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** Calls at which users may lie in wait: what engines do to files, and the looks by which they know of them. */
export const AMBUSHED_CALLS = [
  "list",
  "stat",
  "hash",
  "verify",
  "place",
  "createFolder",
  "move",
  "removeFile",
  "removeFolder",
  "changes",
  "lookup",
  "wait",
  "write",
  "read",
] as const;

/** What an engine does on disk: until then it has read of a change in Dropbox, and users see nothing of that. */
export const DISK_WORK = ["place", "createFolder", "move", "removeFile", "removeFolder"] as const;

export type AmbushedCall = (typeof AMBUSHED_CALLS)[number];

/**
 * Before the call takes effect, or is refused for once; amid it, where it looks at its effect at the end; between its effect
 * and its answer, which may be lost. Refused and unanswered are for worlds in which calls fail anyway.
 */
export type AmbushMoment = "before" | "refused" | "amid" | "after" | "unanswered";

/** What users do at the very moment at which an engine acts. */
export interface Ambush {
  readonly calls: readonly AmbushedCall[];
  readonly when: AmbushMoment;
  /** Milliseconds from the deed on that it takes the call to go on. */
  readonly pause: number;
  readonly deed: () => void;
}

/** Who lies in wait, each for one call. */
export class Ambushes {
  readonly #time: VirtualTime;
  #waiting: Ambush[] = [];
  #sprung = 0;

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  /** Whether some deed is about to be done. */
  get sprung(): boolean {
    return this.#sprung > 0;
  }

  lay(ambush: Ambush): void {
    this.#waiting.push(ambush);
  }

  /** An engine makes a call. @param fault what becomes of it anyway @returns what becomes of it, with the time for a deed */
  meet({ port, name, subject }: PortCall, fault: Fault | undefined): Fault | undefined {
    const ambush = this.#waiting.find(({ calls }) => (calls as readonly string[]).includes(name));
    if (ambush === undefined) return fault;
    this.#waiting = this.#waiting.filter((one) => one !== ambush);
    const { when, pause, deed } = ambush;
    if (when === "amid") return { ...fault, amid: deed };
    const delay = (fault?.delay ?? 0) + 1;
    this.#sprung++;
    const isBefore = when === "before" || when === "refused";
    this.#time.after(isBefore ? delay : delay + 1, () => {
      this.#sprung--;
      deed();
    });
    const error =
      port === "remote"
        ? new RemoteError("offline", "no answer came")
        : new FileSystemError("unreadable", subject as RelativePath, `${subject}: unreadable, for once`);
    if (isBefore) return { ...fault, ...(when === "refused" ? { before: error } : {}), delay: delay + pause };
    const answerDelay = (fault?.answerDelay ?? 0) + 1 + pause;
    return { ...fault, ...(when === "unanswered" ? { after: error } : {}), delay, answerDelay };
  }

  /** Nobody made such a call: it is done all the same. */
  give(): void {
    for (const { deed } of this.#waiting.splice(0)) deed();
  }
}
