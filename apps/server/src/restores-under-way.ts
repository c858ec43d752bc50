import { RequestError } from "./server-error.ts";

/** Instances whose files are being restored: meanwhile nobody starts anything there, or writes. */
export function createRestoresUnderWay() {
  const doing = new Map<string, string>();
  /** How many works there are not to be cut in two by a restore. */
  const held = new Map<string, number>();

  /** @throws RequestError 409 */
  function check(instanceId: string): void {
    if (!doing.has(instanceId)) return;
    throw new RequestError(
      409,
      "restoring",
      "A snapshot is being restored here: wait until that is done, then try again.",
    );
  }

  return {
    check,
    /** @returns what ends it @throws RequestError when one is under way */
    begin(instanceId: string): () => void {
      check(instanceId);
      if (held.has(instanceId))
        throw new RequestError(
          409,
          "undoing",
          "Files are being brought back here: wait until that is done (Activity says how far it is), then try again.",
        );
      doing.set(instanceId, "Beginning");
      return () => doing.delete(instanceId);
    },
    /** No restore begins there until it is let go. @returns what lets it go @throws RequestError when one is under way */
    hold(instanceId: string): () => void {
      check(instanceId);
      held.set(instanceId, (held.get(instanceId) ?? 0) + 1);
      return () => {
        const others = (held.get(instanceId) ?? 1) - 1;
        if (others > 0) held.set(instanceId, others);
        else held.delete(instanceId);
      };
    },
    /** What is done now, for people. */
    say: (instanceId: string, what: string): void => void doing.set(instanceId, what),
    now: (instanceId: string): string | null => doing.get(instanceId) ?? null,
  };
}

export type RestoresUnderWay = ReturnType<typeof createRestoresUnderWay>;
