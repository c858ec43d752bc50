import { RequestError } from "./server-error.ts";

/** Instances whose files are being restored: meanwhile nobody starts anything there, or writes. */
export function createRestoresUnderWay() {
  const doing = new Map<string, string>();

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
      doing.set(instanceId, "Beginning");
      return () => doing.delete(instanceId);
    },
    /** What is done now, for people. */
    say: (instanceId: string, what: string): void => void doing.set(instanceId, what),
    now: (instanceId: string): string | null => doing.get(instanceId) ?? null,
  };
}

export type RestoresUnderWay = ReturnType<typeof createRestoresUnderWay>;
