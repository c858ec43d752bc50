/**
 * A real Linux folder as the engine's file system. Watching by inotify, swaps by renameat2; where a name could lead out of
 * the root through a link, it leads nowhere.
 */
export { type OpenedFileSystem, openFileSystem } from "./linux-file-system.ts";
export { flushFileSystem } from "./native.ts";
export { exchangeNames, renameIfFree } from "./rename.ts";
export type { Hasher } from "./staged-file.ts";
export { isStagingName } from "./staging.ts";
