/**
 * A real Linux folder as the engine's file system, and as people see it. Watching by inotify, swaps by renameat2; where a
 * name could lead out of the root through a link, it leads nowhere.
 */
export { FilesError, type FilesErrorCode, failOn } from "./files-error.ts";
export { type FilesInRoot, openFilesInRoot, type Put } from "./files-in-root.ts";
export type { HasherSource } from "./hashing-worker.ts";
export { type FolderPlace, HeldFolder, inFolder, inFolderIfThere } from "./held-folder.ts";
export { InTheWayError } from "./in-the-way.ts";
export { type OpenedFileSystem, openFileSystem } from "./linux-file-system.ts";
export { nameWith } from "./name-with.ts";
export { flushFileSystem } from "./native.ts";
export { numberedName } from "./numbered-name.ts";
export { openBelow } from "./open-below.ts";
export { ASIDE } from "./put-in-place.ts";
export { removeWhole } from "./remove-whole.ts";
export { exchangeNames, renameIfFree } from "./rename.ts";
export { setModeOf } from "./set-mode.ts";
export type { Hasher } from "./staged-file.ts";
export { withStagingFolder } from "./staging.ts";
export type { StagingOwner } from "./staging-owner.ts";
export { isStagingName } from "./staging-place.ts";
