import type { PortCall } from "./faults.ts";

/** Calls by which an engine changes a side. */
const CHANGES = new Set(["place", "createFolder", "move", "write"]);
/** Of such as an engine marks as its own. */
const PASSING = /\.~twinfold-move-\d{7,}~[^/,]+?(?= -> |, |\/|$)/g;
/** What has such a name for so long was left under it for good; milliseconds. */
const LEFT_FOR_GOOD = 60_000;

/**
 * Watches that what an engine has moved aside for a moment is left alone by the other engine that sees it there; as long
 * as users did something on one side only since the last rest: where they did on two, it may have been moved on both.
 */
export class PassingNames {
  /** Which engine uses the name, and since when. */
  readonly #given = new Map<string, { readonly by: string; readonly since: number }>();
  readonly #acted = new Set<string>();

  /** A user has just acted on the side of that name. */
  act(side: string): void {
    this.#acted.add(side);
  }

  /** All sides are one. */
  rest(): void {
    this.#acted.clear();
    this.#given.clear();
  }

  /** An engine is about to make a call. @returns what is wrong with it */
  check({ caller = "", name, subject }: PortCall, now: number): string[] {
    const names = CHANGES.has(name) ? (subject.match(PASSING) ?? []) : [];
    return names.flatMap((one) => {
      const given = this.#given.get(one) ?? { by: caller, since: now };
      this.#given.set(one, given);
      if (given.by === caller || now - given.since >= LEFT_FOR_GOOD || this.#acted.size > 1) return [];
      return [`${caller}: ${name} ${subject}: that is on its way by ${given.by}`];
    });
  }
}
