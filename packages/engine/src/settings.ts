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
  /** A new folder on disk that holds what one at the remote does, and so many files or more, is copied there whole. */
  readonly fewestFilesOfCopy: number;
  /** Of how many nodes it is looked at a time whether both sides have them alike: memory and the longest pause grow with it. */
  readonly agreedAtATime: number;
  /** New files to one side that are planned and under way at a time; the rest waits for its turn. Memory grows with it. */
  readonly transfersAtATime: number;
  /** A whole number that goes up whenever files are restored: until both sides were one since, the disk's go first. */
  readonly epoch: number;
  /** The last epoch before which the remote could not be heard out: until then, all on disk counts as changed there. */
  readonly unheardEpoch: number;
}

export const DEFAULT_SETTINGS: EngineSettings = {
  deletionLimits: DEFAULT_DELETION_LIMITS,
  sweepEvery: 10 * 60_000,
  rescanEvery: null,
  oneWay: false,
  fewestFilesOfCopy: 50,
  agreedAtATime: 1_000,
  transfersAtATime: 10_000,
  epoch: 0,
  unheardEpoch: 0,
};
