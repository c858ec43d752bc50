/** How many files are open, or asked for, at a time; how many bodies are under way is the pacing's. */
export const FILES_AT_ONCE = 16;

/**
 * Does `body` for each item, at most so many at a time, in their order. When one fails no other is begun, those under way
 * come to their end, and the first failure is thrown.
 */
export async function inParallel<T>(
  items: readonly T[],
  atOnce: number,
  body: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  let failure: { readonly error: unknown } | null = null;
  const worker = async () => {
    // All workers draw from the one iterator.
    for (const item of queue) {
      if (failure !== null) return;
      try {
        await body(item);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  if (failure !== null) throw (failure as { readonly error: unknown }).error;
}
