/**
 * append_batch's argument travels in a header, and what stands before Dropbox bounds headers (60 KiB by Envoy's default,
 * perhaps less elsewhere): begin low, grow while it works, shrink when it does not, remember both. Bytes.
 */
const FIRST_ARGUMENT = 16 * 1024;
/** Of 60 KiB; the rest is for the other headers, an access token of some 1.5 KiB among them. Three such are 1,000 small files. */
const LARGEST_ARGUMENT = 56 * 1024;
/** No header is bounded as low as this: shorter arguments are refused for another reason. */
const SMALLEST_ARGUMENT = 1024;

/** What an account has learnt about the limit. */
export function createArgumentBudget() {
  let bytes = FIRST_ARGUMENT;
  let proven = 0;
  let ceiling = LARGEST_ARGUMENT;
  return {
    /** How long an argument may be now. */
    bytes: () => bytes,
    /** Whether an argument of this length has arrived before: if it does not now, its length is not why. */
    isProven: (used: number) => used <= proven,
    arrived(used: number): void {
      proven = Math.max(proven, used);
      if (used * 2 > bytes) bytes = Math.max(bytes, Math.min(ceiling, bytes * 2));
    },
    /** One of this length did not arrive, for its length as it seems. @returns whether a shorter one is worth trying */
    tooLong(used: number): boolean {
      if (used <= SMALLEST_ARGUMENT) return false;
      bytes = Math.max(SMALLEST_ARGUMENT, Math.min(bytes, Math.floor(used / 2)));
      proven = Math.min(proven, bytes);
      // Below what failed by more than a step: the limit is closed in on in a few failures, and then left alone.
      ceiling = Math.max(bytes, Math.floor((used * 3) / 4));
      return true;
    },
    /** Even the shortest were refused: nothing has been learnt about lengths. */
    forget(): void {
      bytes = FIRST_ARGUMENT;
      proven = 0;
      ceiling = LARGEST_ARGUMENT;
    },
    /** What used to arrive does so no longer: its length may be why after all. */
    doubt(): void {
      proven = 0;
    },
  };
}

export type ArgumentBudget = ReturnType<typeof createArgumentBudget>;
