/**
 * The local Dropbox: a server for one machine that Dropbox clients can't tell from Dropbox. It keeps accounts, apps, files,
 * history and cursors in a folder, durable before it answers, and has login and consent pages of its own. Everything that
 * Dropbox serves from several hosts is served from one address.
 */
export type {
  AccountChange,
  AccountEntry,
  AccountFile,
  AccountFiles,
  AccountFilesErrorCode,
  AccountFolder,
  DeletedEntry,
  FileVersion,
  RecentAccountChange,
} from "./account-files.ts";
export { AccountFilesError } from "./account-files.ts";
export { DropboxLocalError, type DropboxLocalErrorCode } from "./errors.ts";
export type { FaultPlan } from "./http/faults.ts";
export { PROFILE_NAMES, type ProfileName } from "./profiles.ts";
export { announcement } from "./ready-made.ts";
export type {
  AccountInfo,
  AppInfo,
  GrantedTokens,
  ReadyMade,
  RunningDropboxLocal,
} from "./running.ts";
export type { Seed, SeedTree } from "./seed-plan.ts";
export type { Seeded } from "./seeding.ts";
export { startDropboxLocal } from "./server.ts";
export type { DropboxLocalOptions } from "./settings.ts";
export type { AppAccess } from "./store/apps.ts";
