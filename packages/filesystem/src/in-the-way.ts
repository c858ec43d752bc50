/**
 * Where a folder or a file of Twinfold's own belongs there is something else, which may lead anywhere: it is left as it is.
 * The message is for whoever put it there.
 */
export class InTheWayError extends Error {
  override readonly name = "InTheWayError";
  constructor(place: string, found: string, cause?: unknown) {
    super(
      `${place} is ${found}, where sync keeps things of its own: delete it, or give it another name`,
      cause === undefined ? undefined : { cause },
    );
  }
}
