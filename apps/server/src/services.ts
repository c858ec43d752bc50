import type { Accounts } from "./accounts.ts";
import type { Applications } from "./applications.ts";
import type { FirstPasswordFile } from "./first-user.ts";
import type { Hierarchy } from "./hierarchy.ts";
import type { Links } from "./links.ts";
import type { LiveEvents } from "./live-events.ts";
import type { OpenConnections } from "./open-connections.ts";
import type { Places } from "./places.ts";
import type { SyncManager } from "./sync-manager.ts";
import type { WebSession } from "./web-session.ts";

/** What the routes work with. */
export interface Services {
  readonly accounts: Accounts;
  readonly firstPassword: FirstPasswordFile;
  readonly hierarchy: Hierarchy;
  readonly places: Places;
  readonly links: Links;
  readonly events: LiveEvents;
  readonly connections: OpenConnections;
  readonly sync: SyncManager;
  readonly applications: Applications;
  readonly web: WebSession;
}
