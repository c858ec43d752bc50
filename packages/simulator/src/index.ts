/**
 * Virtual worlds: a disk, a Dropbox, time and chance in memory, behind the engine's own ports, so that everything that
 * happens follows from one seed.
 */

export { DiskError, type DiskErrorCode } from "./disk-things.ts";
export { DiskUser } from "./disk-user.ts";
export type { HintHook } from "./disk-watch.ts";
export { DropboxUser } from "./dropbox-user.ts";
export type { Fault, FaultHook, PortCall } from "./faults.ts";
export { SeededRandomness } from "./seeded-randomness.ts";
export { shrink } from "./shrink.ts";
export { VirtualDisk } from "./virtual-disk.ts";
export { DropboxError, type DropboxErrorTag, type Revision, VirtualDropbox } from "./virtual-dropbox.ts";
export { VirtualFileSystem, type VirtualFileSystemOptions } from "./virtual-file-system.ts";
export { dropboxNames, VirtualRemote, type VirtualRemoteOptions } from "./virtual-remote.ts";
export { VirtualStore } from "./virtual-store.ts";
export { VirtualTime } from "./virtual-time.ts";
