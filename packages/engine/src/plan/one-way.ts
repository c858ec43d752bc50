import type { Merged } from "./merge.ts";
import type { Parked } from "./operation.ts";

/**
 * For those who may see the files and not change them (SPEC section 1.2, instance viewer): only the remote follows. What
 * its user does there stays there. Nothing is taken from her: where both sides have changed one file or want one name, the
 * disk's keeps the name, and hers is kept beside it.
 */
export function staysThere({ id, local, reason }: Merged): Parked {
  const side = local === undefined ? "remote" : "local";
  return { node: id, side, why: { kind: "not synced", reason: `${reason}: what changes there does not come here` } };
}
