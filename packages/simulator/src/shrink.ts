/**
 * Leaves out steps of a failing script as long as it goes on failing: first halves, then ever smaller pieces, down to
 * single steps. At most `tries` scripts are tried.
 */
export async function shrink<Step>(
  script: readonly Step[],
  fails: (candidate: readonly Step[]) => Promise<boolean>,
  tries = 300,
): Promise<readonly Step[]> {
  let best = script;
  let left = tries;
  for (let size = Math.ceil(best.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = 0; start < best.length && left > 0; ) {
      const candidate = [...best.slice(0, start), ...best.slice(start + size)];
      left--;
      if (await fails(candidate)) best = candidate;
      else start += size;
    }
  }
  return best;
}
