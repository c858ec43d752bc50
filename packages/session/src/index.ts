/** A sync session: one engine on a real folder and a real Dropbox folder, with its link, lease and state folder. */
export { InTheWayError } from "@twinfold/filesystem";
export { type Explained, explainFailure } from "./control/explain-failure.ts";
export { type Controlled, serveControl } from "./control/serve-control.ts";
export { type PathHistory, restoreVersion, versionsOf } from "./file-history.ts";
export { hashedFile, hashOfStream } from "./hashed-file.ts";
export { type IgnoreChange, type IgnorePreview, previewIgnore } from "./ignore-preview.ts";
export { rememberedRemotePath, rememberMove } from "./moved-folder.ts";
export {
  openSyncSession,
  planOnce,
  recallStatus,
  withHistory,
} from "./open-session.ts";
export { SessionError, type SessionErrorCode } from "./session-error.ts";
export {
  type ConflictChoice,
  ConflictError,
  keptVersion,
  type SeenVersions,
  type Settled,
  settleConflict,
  settleInRoot,
} from "./settle-conflict.ts";
export { removeState } from "./state-folder.ts";
export type { SyncSession, SyncSessionOptions } from "./sync-session.ts";
export type { TakenOut } from "./take-out.ts";
export { readIgnoreFile, takeIgnoredOut } from "./take-pattern-out.ts";
export { ownStateFolder, type StateFolder } from "./trees-file.ts";
