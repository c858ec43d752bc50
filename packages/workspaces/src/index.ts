/** What users work in: the files of an instance as pages see them, applications that run on them, and snapshots of them. */
export { FilesError, type FilesErrorCode, nameWith, removeWhole } from "@twinfold/filesystem";
export { type DeletedItem, KEPT_HOURS } from "./deleted-items.ts";
export { distribute, forgetTurn, isBegun, type TargetOutcome } from "./distribution/distribute.ts";
export type { Strategy } from "./distribution/plan.ts";
export { openStage, putOnStage, type Stage } from "./distribution/stage.ts";
export {
  type FolderEntry,
  type FolderFiles,
  type ListedPart,
  type ListingPart,
  openFolderFiles,
} from "./folder-files.ts";
export { type Isolation, terminalIsolation } from "./isolation.ts";
export type { LeftPath } from "./refusal.ts";
export type { Snapshot } from "./snapshots/catalogue.ts";
export type { ComparedPath, Comparison } from "./snapshots/comparison.ts";
export type { Mark } from "./snapshots/marks.ts";
export type { BegunRestore } from "./snapshots/restore.ts";
export type { Found, RestoreChoice } from "./snapshots/restore-choice.ts";
export { expired, type Retention } from "./snapshots/retention.ts";
export { SnapshotError, type SnapshotErrorCode } from "./snapshots/snapshot-error.ts";
export {
  isRestoreUnfinished,
  openSnapshots,
  type RestoredSnapshot,
  type SnapshotEntry,
  type Snapshots,
} from "./snapshots/snapshots.ts";
export { type Exit, filesAsSeen, startTerminal, type Terminal } from "./terminal.ts";
