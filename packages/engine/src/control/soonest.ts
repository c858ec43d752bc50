/** The shortest of some waits, in milliseconds; null where nothing is waited for. */
export function soonest(waits: Iterable<number | null>): number | null {
  let result: number | null = null;
  for (const wait of waits) if (wait !== null) result = Math.min(result ?? wait, wait);
  return result;
}
