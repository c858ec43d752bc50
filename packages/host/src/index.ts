/**
 * What our processes need of the machine that they run on: who a process is, folders, and secrets sealed under a key in a
 * file.
 */
export { makeFolder } from "./make-folder.ts";
export { makePrivate } from "./make-private.ts";
export { isSameProcess, processStart } from "./process-identity.ts";
export { KeyFileError, openSealer, type Sealer, UnsealError } from "./sealed-secrets.ts";
