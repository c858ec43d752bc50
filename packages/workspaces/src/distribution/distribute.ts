import { existsSync, rmSync } from "node:fs";
import { inText, type LeftPath } from "../refusal.ts";
import { type Bytes, toText } from "../snapshots/bytes.ts";
import type { Found } from "../snapshots/restore-choice.ts";
import { snapshotError } from "../snapshots/snapshot-error.ts";
import type { Snapshots } from "../snapshots/snapshots.ts";
import { carryOut, type Done } from "./executor.ts";
import { forgetJournal, type Journal, prepare, readJournal } from "./journal.ts";
import { type DistributionPlan, planDistribution, type Strategy } from "./plan.ts";
import type { Stage } from "./stage.ts";

/** Milliseconds in which a program that has a replaced file open may still write to it, and have that kept. */
const GRACE = 2_000;

export interface TargetOutcome {
  /** How the target was before; null where nothing was to be done. */
  readonly safetyId: string | null;
  readonly copied: readonly string[];
  readonly replaced: readonly string[];
  readonly removed: readonly string[];
  /** Files that were just so already. */
  readonly same: number;
  readonly left: readonly LeftPath[];
  readonly failed: readonly LeftPath[];
  /** Why nothing at all was done; null otherwise. */
  readonly skipped: string | null;
  /** For the undo: each path that was changed, in latin1, and what is there now. */
  readonly touched: ReadonlyMap<string, Found>;
}

/**
 * Distributes a stage to one target: takes its safety snapshot, plans, and carries that out; or goes on with what an earlier
 * process has begun. @throws SnapshotError, what the disk says; nothing is touched then, unless `isBegun` says so
 */
export async function distribute(options: {
  readonly stage: Stage;
  readonly strategy: Strategy;
  /** The target's. */
  readonly root: string;
  readonly snapshots: Snapshots;
  /** Of this target's turn, on its file system. */
  readonly folder: string;
  /** For the safety snapshot. */
  readonly note: string;
  /** Is told, once it is sure and before anything is touched, what will go; and once more by whoever goes on with it. */
  readonly meant: (gone: readonly string[]) => Promise<void>;
  readonly signal: AbortSignal;
  readonly grace?: number;
}): Promise<TargetOutcome> {
  const { folder, root, signal, snapshots, stage, strategy, grace = GRACE } = options;
  /** Taken for nothing, if it comes to nothing. */
  let idle: string | null = null;
  try {
    return await snapshots.alone(async (save) => {
      let journal = readJournal(folder);
      if (journal === null) {
        const safety = await save(options.note);
        idle = safety.id;
        const plan = planDistribution(stage, snapshots.items(safety.id), strategy);
        if (isIdle(plan)) return outcome(null, plan, { ...NOTHING_DONE, left: plan.left });
        journal = await prepare(folder, { plan, stage, safetyId: safety.id }, signal);
        await options.meant(goneBy(plan)).catch((error: unknown) => {
          // Nothing was touched yet: then it is as if this target never had its turn.
          forgetJournal(folder);
          throw error;
        });
      } else await options.meant(goneBy(journal.plan));
      idle = null;
      const done = await carryOut(root, folder, journal, { grace, signal });
      return outcome(journal, journal.plan, done);
    });
  } catch (error) {
    if (!isBegun(folder)) rmSync(folder, { recursive: true, force: true });
    throw snapshotError("the stage", error);
  } finally {
    if (idle !== null) await snapshots.delete(idle);
  }
}

/** Whether something of a target was touched, and what is left in its folder is still needed. */
export const isBegun = (folder: string): boolean => existsSync(`${folder}/journal.json`);

/** Once the outcome is remembered elsewhere. Nothing of a person's is left in it by then. */
export function forgetTurn(folder: string): void {
  forgetJournal(folder);
  rmSync(folder, { recursive: true, force: true });
}

const goneBy = ({ removals, removedFolders }: DistributionPlan) =>
  [...removals.map(({ path }) => path), ...removedFolders].map(toText);

const NOTHING_DONE = { copied: [], replaced: [], removed: [], failed: [], touched: new Map<Bytes, Found>() };

function isIdle({ placings, removals, removedFolders, newFolders }: DistributionPlan): boolean {
  return [placings, removals, removedFolders, newFolders].every((all) => all.length === 0);
}

function outcome(journal: Journal | null, plan: DistributionPlan, done: Done): TargetOutcome {
  const { skippedFor } = plan;
  return {
    safetyId: journal?.safetyId ?? null,
    copied: done.copied.map(toText),
    replaced: done.replaced.map(toText),
    removed: done.removed.map(toText),
    same: plan.same,
    left: done.left.map(inText),
    failed: done.failed.map(inText),
    skipped:
      skippedFor === null ? null : `It has "${toText(skippedFor)}" already, or a name that Dropbox takes for the same.`,
    touched: done.touched,
  };
}
