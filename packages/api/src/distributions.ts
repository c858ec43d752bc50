import { z } from "zod";
import { filePath } from "./files.ts";
import { pathsWithWhy, restored } from "./snapshots.ts";

/**
 * What becomes of files that a target has already. `overwrite`: those on the stage take their place; `extra`: they stay;
 * `mirror`: the target has what is on the stage, and nothing else; `skip`: a target that has any of the paths is left alone.
 */
export const strategy = z.enum(["overwrite", "extra", "mirror", "skip"]);
export type Strategy = z.infer<typeof strategy>;
/** As people read of each. */
export const STRATEGY_NAMES: Readonly<Record<Strategy, string>> = {
  overwrite: "Overwrite",
  extra: "Distribute extra",
  mirror: "Mirror",
  skip: "Skip",
};

/** Paths that can be chosen, and targets. */
export const MOST_STAGED = 1000;
export const MOST_TARGETS = 500;

export const newDistribution = z.object({
  /** Files and folders; a folder with all that is in it. */
  paths: z.array(filePath.min(1)).min(1).max(MOST_STAGED),
  /** Of the source, whose files are distributed as they were then; as they are now when left out. */
  snapshotId: z.string().optional(),
  targets: z.array(z.string()).min(1).max(MOST_TARGETS),
  strategy: strategy.default("overwrite"),
  /** Whether the targets' members are told. */
  notify: z.boolean().default(false),
});

/** `failed`: nothing was changed, and the message says why. `undone`: what nobody has changed since is as it was before. */
export const targetState = z.enum(["waiting", "working", "done", "skipped", "failed", "undone"]);
export type TargetState = z.infer<typeof targetState>;

/** Paths that are named of each kind in each target, of which there may be hundreds; the rest is counted. */
export const MOST_OUTCOMES = 20;

const paths = z.object({ count: z.number(), paths: z.array(z.string()) });
export const distributionOutcome = z.object({
  copied: paths,
  replaced: paths,
  removed: paths,
  /** Files that were just so already. */
  same: z.number(),
  /** What stays as it is, by the strategy or for safety. */
  left: pathsWithWhy,
  failed: pathsWithWhy,
});
export type DistributionOutcome = z.infer<typeof distributionOutcome>;

export const distributionTarget = z.object({
  instanceId: z.string(),
  /** `Organization › Space › Instance`; null when the user is no longer in it. */
  where: z.string().nullable(),
  state: targetState,
  message: z.string().nullable(),
  outcome: distributionOutcome.nullable(),
  /** Whether anything was changed that can be undone. */
  undoable: z.boolean(),
});
export type DistributionTarget = z.infer<typeof distributionTarget>;

export const distribution = z.object({
  id: z.string(),
  /** ISO 8601. */
  begunAt: z.string(),
  paths: z.array(z.string()),
  strategy,
  /** Symbolic links among what was chosen, which are left out. */
  links: z.number(),
  targets: z.array(distributionTarget),
});
export type Distribution = z.infer<typeof distribution>;
/** The newest first. */
export const distributionList = z.object({ distributions: z.array(distribution) });

/** In one target, or in all where none is named. */
export const distributionUndo = z.object({ targetId: z.string().optional() });
/** `left`: what somebody has changed since, which stays. */
export const distributionUndone = restored.extend({ left: paths });
/** Of each target in which there was something to undo: what was done, or why not. */
export const distributionUndoneInAll = z.object({
  targets: z.array(
    z.object({
      instanceId: z.string(),
      undone: distributionUndone.nullable(),
      problem: z.string().nullable(),
    }),
  ),
});

/** What a target's member is told until she puts it away. */
export const distributionNotice = z.object({
  distributionId: z.string(),
  instanceId: z.string(),
  by: z.string(),
  begunAt: z.string(),
  paths: z.array(z.string()),
});
export type DistributionNotice = z.infer<typeof distributionNotice>;
export const distributionNotices = z.object({ notices: z.array(distributionNotice) });
