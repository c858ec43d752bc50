import { DEFAULT_DELETION_LIMITS, type DeletionLimits } from "./control/guard.ts";

export interface EngineSettings {
  readonly deletionLimits: DeletionLimits;
  /** How often everything on disk is looked at again, whatever watching says, in milliseconds. */
  readonly sweepEvery: number;
  /**
   * Other machines may write on disk and nobody tells: how often everything is looked at for that, in milliseconds. Null: it
   * is so where the kind of the file system says it, and looked for often enough to be found within a minute.
   */
  readonly rescanEvery: number | null;
  /** Only the remote follows: nothing is changed on disk, and what changes at the remote stays there, listed as not synced. */
  readonly oneWay: boolean;
}

export const DEFAULT_SETTINGS: EngineSettings = {
  deletionLimits: DEFAULT_DELETION_LIMITS,
  sweepEvery: 10 * 60_000,
  rescanEvery: null,
  oneWay: false,
};
