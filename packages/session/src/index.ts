/** A sync session: one engine on a real folder and a real Dropbox folder, with its link, lease and state folder. */
export { rememberedRemotePath, rememberMove } from "./moved-folder.ts";
export {
  checkApart,
  checkRoot,
  openSyncSession,
  planOnce,
  recallStatus,
  takeOutOfDropbox,
  withHistory,
} from "./open-session.ts";
export { SessionError, type SessionErrorCode } from "./session-error.ts";
export type { SyncSession, SyncSessionOptions } from "./sync-session.ts";
export type { TakenOut } from "./take-out.ts";
