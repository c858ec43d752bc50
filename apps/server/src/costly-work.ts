import { createRateLimit } from "./rate-limit.ts";

/**
 * What one user may begin in a minute of what costs the server much: no person's clicks come to so many, a program's that has
 * run wild do, and they are not to slow down all others.
 */
export const COSTLY = {
  snapshots: 60,
  comparisons: 60,
  /** One for each pause in typing. */
  previews: 120,
  zips: 60,
  distributions: 60,
  links: 30,
} as const;

/** @returns to be called with the user's id before it is begun @throws RequestError 429 */
export function limitCostly(work: keyof typeof COSTLY): (userId: string) => void {
  const limit = createRateLimit(COSTLY[work]);
  return (userId) => limit.take(userId);
}
