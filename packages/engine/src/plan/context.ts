import type { IgnoreRule } from "../ports/ignore.ts";
import type { RemoteNames } from "../ports/remote.ts";
import type { Trees } from "../ports/store.ts";
import type { ContentHash, Name, NodeId, RelativePath } from "../ports/values.ts";

/** The rule that leaves a path out of sync, if any. */
export type IgnoredBy = (path: RelativePath, kind: "file" | "folder") => IgnoreRule | null;

/** Nodes of which something is so. */
export interface NodeSet {
  has(id: NodeId): boolean;
}

/**
 * Whether files were restored since both sides were one: `heard` when the remote had been heard out before, `unheard` when
 * what it had by then may be unknown still.
 */
export type Restored = "heard" | "unheard" | null;

/** All that a plan is made from, besides the nodes that changed. */
export interface PlanContext {
  readonly trees: Trees;
  readonly names: RemoteNames;
  readonly ignoredBy: IgnoredBy;
  /** Nodes about which nothing can be said at the moment: an absence not yet confirmed, a file being read. */
  readonly unknown: NodeSet;
  /** Local nodes without a place on disk just now: nothing can be put below them. */
  readonly placeless: NodeSet;
  /** What can't go where it is to be on disk: something ignored has the name. */
  readonly obstructed: NodeSet;
  /** Names (as `slotOf` has them) that the disk would not give a copy: something ignored has them. */
  readonly takenNames: { has(slot: string): boolean };
  /** Where a user has moved what is no longer on disk where it was, if that is an ignored place. */
  readonly left: { whereIs(id: NodeId): { readonly path: RelativePath; readonly itself: boolean } | null };
  /** Folders that the disk would not give up: they are not empty, though nothing in them is known to us. */
  readonly keptOnDisk: NodeSet;
  /** Contents that we have sent, moves and deletions that we have asked for ourselves, though nobody said that they were done. */
  readonly unanswered: {
    has(id: NodeId, hash: ContentHash | null): boolean;
    isPlace(id: NodeId, parent: NodeId | null, name: Name): boolean;
    isRemoved(id: NodeId): boolean;
  };
  /** Files that were written since the trees were, whatever their content: each counts as edited on that side. */
  readonly rewritten: { has(side: "local" | "remote", id: NodeId): boolean };
  /** Folders that something which earlier plans parked is to lie in, near or far. */
  readonly aboveParked: NodeSet;
  /** What stays where it is until a person does something: parked by earlier plans, or refused when it was tried. */
  readonly stuck: NodeSet;
  /** Only the remote is changed; see `one-way.ts`. */
  readonly oneWay: boolean;
  /** Files were restored: where both sides changed, the disk's keeps its name and place; `unheard`: all there counts as changed. */
  readonly restored: Restored;
  /** By which this engine knows the names that it gives for a moment: some digits. */
  readonly mark: string;
  /** For conflict copies: who the linked account belongs to, and the day, `YYYY-MM-DD`. */
  readonly who: string;
  readonly day: string;
}
