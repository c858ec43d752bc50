/**
 * Dropbox as the engine's remote: linking an account (OAuth with PKCE), and one folder of its app folder behind the
 * engine's `Remote` port. The same code speaks to Dropbox's hosts and to a compatible server.
 */
export {
  type AccountDetails,
  type DropboxAccount,
  dropboxNames,
  openDropboxAccount,
  type SpaceUsage,
} from "./account.ts";
export type { FolderMove } from "./app-folder.ts";
export { type DropboxHistory, type FileHistory, type FileVersion, MOST_VERSIONS } from "./history.ts";
export { DROPBOX_HOSTS, DropboxAddressError, type DropboxHosts, dropboxHosts } from "./hosts.ts";
export { inParallel } from "./in-parallel.ts";
export {
  type AccessToken,
  type App,
  authorizationUrl,
  exchangeCode,
  type Grant,
  newPkce,
  OAuthError,
  type OAuthErrorCode,
  type Pkce,
  refreshAccessToken,
  SCOPES,
} from "./oauth.ts";
export { parseRemotePath, type RemotePath, RemotePathError } from "./remote-path.ts";
export { createThrottle, type Throttle } from "./throttle.ts";
