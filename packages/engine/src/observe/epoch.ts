import type { Restored } from "../plan/context.ts";
import type { Store } from "../ports/store.ts";

/** The epoch under which both sides were one last. */
const EPOCH = "epoch";

/**
 * Tells a restore by the instance's epoch, which goes up with each: until both sides were one under it, whatever ends
 * meanwhile, what is on disk goes first. A state that remembers none is older than every restore.
 */
export function createEpoch(
  store: Store,
  { epoch, unheardEpoch }: { readonly epoch: number; readonly unheardEpoch: number },
) {
  let settled = Number(store.readMeta(EPOCH) ?? 0);

  return {
    restored: (): Restored => (settled < unheardEpoch ? "unheard" : settled < epoch ? "heard" : null),
    /** Whether both sides were not seen equal under it yet; the host's own memory may have been set back, too. */
    isNew: (): boolean => settled !== epoch,
    /** They were: from now on neither goes first. */
    settle(): void {
      store.writeMeta(EPOCH, String(epoch));
      settled = epoch;
    },
  };
}
