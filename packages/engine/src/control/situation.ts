import type { Outlook } from "../plan/planning-round.ts";
import { NOTHING } from "../plan/planning-round.ts";

/** What the parts of the control loop tell each other. All of it may be lost at any moment: what counts is in the trees. */
export interface Situation {
  /** What is to be done as of the last plan. */
  outlook: Outlook;
  paused: boolean;
  /** The remote's changes are to be read. */
  readRemote: boolean;
  /** The session's folder is gone from Dropbox, and a person has to say what that means. */
  remoteRootGone: boolean;
  /** The ignore file has come from Dropbox and was not read yet: nothing is begun, or said to be at rest, by the old one. */
  rulesAreOld: boolean;
  /** Something that only a defect of ours can cause, caught in the background. */
  defect: unknown;
}

export function newSituation(): Situation {
  return {
    outlook: NOTHING,
    paused: false,
    readRemote: true,
    remoteRootGone: false,
    rulesAreOld: false,
    defect: undefined,
  };
}
