import { z } from "zod";
import { filePath } from "./files.ts";

export const snapshot = z.object({
  id: z.string(),
  takenAt: z.string(),
  /**
   * Its user's words for it; may be empty. Of a safety snapshot: those of the one that was restored, or from where was
   * distributed.
   */
  note: z.string(),
  /** `restore`, `distribution`: the safety snapshot of how things were before one; `schedule`: an automatic one. */
  cause: z.enum(["person", "restore", "distribution", "schedule"]),
  files: z.number(),
  bytes: z.number(),
});
export type Snapshot = z.infer<typeof snapshot>;

const kept = z.number().int().min(0).max(1000);
/** Of how many of the last hours, days and weeks that have automatic snapshots the last one is kept. */
const retention = z.object({ hourly: kept, daily: kept, weekly: kept });
const schedule = z.object({ every: z.enum(["off", "hourly", "daily"]), keep: retention });
export const newSchedule = schedule.refine(({ keep }) => keep.hourly + keep.daily + keep.weekly > 0, {
  error: "Keep at least one.",
});
/** `problem`: why the last automatic snapshot could not be taken. */
export const snapshotSchedule = schedule.extend({ problem: z.string().nullable() });
export type SnapshotSchedule = z.infer<typeof snapshotSchedule>;

export const snapshotList = z.object({
  snapshots: z.array(snapshot),
  schedule: snapshotSchedule,
  /** What a restore that is under way does now, in words; null when none is. */
  restoring: z.string().nullable(),
});

export const newSnapshot = z.object({ note: z.string().trim().max(200).default("") });

export const snapshotFiles = z.object({
  entries: z.array(
    z.object({ name: z.string(), kind: z.enum(["file", "folder", "link"]), size: z.number(), mtime: z.number() }),
  ),
});

/** Paths that are named of each kind of change; the rest is counted. */
export const MOST_COMPARED = 200;

const changes = z.object({ count: z.number(), paths: z.array(z.string()) });
/** What has become of a snapshot: what is new since, other, or gone. */
export const comparison = z.object({ added: changes, changed: changes, deleted: changes });
export type Comparison = z.infer<typeof comparison>;

/** What is at and below these. */
const chosenPaths = z.array(filePath.min(1)).min(1).max(1000);
/** Of which is asked what a restore of them would do. */
export const restorePreviewRequest = z.object({ paths: chosenPaths });
/**
 * All, or what is at and below some paths; `into`: another instance's id, whose files become those of the snapshot;
 * `copyInDropbox`: a full copy of the instance's folder as it is in the Dropbox of who restores is kept there, beside it.
 */
export const restoreRequest = z.object({
  paths: chosenPaths.optional(),
  into: z.string().optional(),
  copyInDropbox: z.boolean().default(false),
});
/** Paths of which each may be something to do; the first of them are named. */
export const pathsWithWhy = z.object({
  count: z.number(),
  paths: z.array(z.object({ path: z.string(), why: z.string() })),
});
/**
 * `reached`: whether Dropbox could be heard out first; `copy`: where the copy is that was asked for, if there was a folder;
 * `refused`: what could not be restored, where what was there before is there still, or beside it.
 */
export const restored = z.object({
  safety: snapshot,
  reached: z.boolean(),
  copy: z.string().nullable(),
  refused: pathsWithWhy,
});
