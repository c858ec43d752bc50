import { z } from "zod";
import { SHORTEST_PASSWORD } from "./administration.ts";

/** One login of the user's, in one browser. */
export const webSession = z.object({
  id: z.string(),
  /** ISO 8601, UTC. */
  begunAt: z.string(),
  /** To the minute. */
  seenAt: z.string(),
  /** Where it was last used from; empty where that is not known. */
  address: z.string(),
  /** `Firefox on Linux`; empty where the browser did not say. */
  browser: z.string(),
  /** The one that asks. */
  isThis: z.boolean(),
});
export type WebSession = z.infer<typeof webSession>;

/** The one that asks first, then those that were used last. */
export const webSessions = z.object({ sessions: z.array(webSession) });

/** Logins that were ended. */
export const endedSessions = z.object({ ended: z.number() });

export const newPassword = z.object({
  current: z.string().min(1).max(1024),
  next: z.string().min(SHORTEST_PASSWORD).max(1024),
});
