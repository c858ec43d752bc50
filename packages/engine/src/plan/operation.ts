import type { IgnoreRule } from "../ports/ignore.ts";
import type { Name, NodeId } from "../ports/values.ts";

/**
 * Something to do on one side. All operations of one plan are ready: none waits for another. But two that change where each
 * other's folders are can't be under way at once (`in-flight.ts`): after the first, a new plan tells of the second. Of those
 * that wait, new folders at the remote may go together with the new ones that they lie in (`nested-folders.ts`).
 */
export interface Operation {
  readonly side: "local" | "remote";
  readonly kind: "create-folder" | "transfer" | "move" | "delete";
  readonly node: NodeId;
  /** Where the node is to be afterwards (for deletions: where it is). */
  readonly parent: NodeId;
  /** In the spelling of that side. */
  readonly name: Name;
  /** The name stands for a moment only: the move is half of a swap. */
  readonly transient?: boolean;
  /** A local move that makes room for what has the name at the remote. */
  readonly copy?: "conflicted copy" | "case conflict" | "unicode conflict";
  /** For a new folder at the remote: the one there that holds the same, and is to be copied. */
  readonly copyOf?: NodeId;
  /** A sentence: why. */
  readonly reason: string;
}

/** A correction of the trees alone: what was observed allows a simpler reading of it. Applied at once, then planned anew. */
export type Adjustment =
  /** In one tree, `from` turns out to be the node `to`. */
  | { readonly kind: "link"; readonly tree: "local" | "remote"; readonly from: NodeId; readonly to: NodeId }
  /** Both sides edited the file: the local version becomes a node of its own. */
  | { readonly kind: "split"; readonly node: NodeId }
  /** Both sides are at the same place, and where `content` is true, have the same content. */
  | { readonly kind: "agree"; readonly node: NodeId; readonly content: boolean }
  /** Gone on both sides. */
  | { readonly kind: "forget"; readonly node: NodeId }
  /** It lies at an ignored path now: out of sync, and left where it is on both sides. */
  | { readonly kind: "release"; readonly node: NodeId };

/** A node that has nothing to be done, though its sides differ. Looked at again when something about it changes. */
export interface Parked {
  readonly node: NodeId;
  readonly side: "local" | "remote";
  readonly why:
    | { readonly kind: "ignored"; readonly rule: IgnoreRule }
    /** To be listed for the user, as a sentence. */
    | { readonly kind: "not synced"; readonly reason: string }
    /** A folder deleted on the other side that stays for what it holds. */
    | { readonly kind: "kept folder"; readonly reason: string };
}

export interface Plan {
  readonly adjustments: readonly Adjustment[];
  readonly operations: readonly Operation[];
  /** To be done, but not yet: each waits for one of `operations`, for a hash, or for a second look. */
  readonly waiting: readonly Operation[];
  /** What waits for something that will not leave by itself, and why. Planned anew each time: it may leave after all. */
  readonly stuck: readonly Parked[];
  /** Nodes about which too little is known to say what to do. */
  readonly unsettled: readonly NodeId[];
  /** Of these, what waits for nothing but that another, a file on disk, is read. */
  readonly waitFor: ReadonlyMap<NodeId, NodeId>;
  readonly parked: readonly Parked[];
  /** Equal on all sides: no longer changed. */
  readonly settled: readonly NodeId[];
  /**
   * Where the folders above what is parked are to be, as of this plan: those above `parked`, and those above what was
   * parked before that changed. Each is parked for where it is to lie, so at another place it is planned anew.
   */
  readonly places: ReadonlyMap<NodeId, string>;
}
