import type { AccessToken } from "../store/grants.ts";
import type { Scope } from "../store/paths.ts";
import type { SessionOwner } from "../store/upload-sessions.ts";

/** Who calls: an app for the account's user. */
export interface User {
  readonly ns: number;
  readonly token: AccessToken;
  /** What of the account the app can see. */
  readonly scope: Scope;
  readonly owner: SessionOwner;
}
