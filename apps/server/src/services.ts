import type { Accounts } from "./accounts.ts";
import type { ActivityLog } from "./activity-log.ts";
import type { Administration } from "./administration.ts";
import type { AlwaysOn } from "./always-on.ts";
import type { Applications } from "./applications.ts";
import type { Conflicts } from "./conflicts.ts";
import type { FirstPasswordFile } from "./first-user.ts";
import type { Hierarchy } from "./hierarchy.ts";
import type { Invitations } from "./invitations.ts";
import type { Links } from "./links.ts";
import type { LiveEvents } from "./live-events.ts";
import type { Members } from "./members.ts";
import type { OpenConnections } from "./open-connections.ts";
import type { Permissions } from "./permissions.ts";
import type { Places } from "./places.ts";
import type { Restores } from "./restores.ts";
import type { RestoresUnderWay } from "./restores-under-way.ts";
import type { SnapshotSchedules } from "./snapshot-schedules.ts";
import type { SyncManager } from "./sync-manager.ts";
import type { Undo } from "./undo.ts";
import type { WebSession } from "./web-session.ts";

/** What the routes work with. */
export interface Services {
  readonly accounts: Accounts;
  readonly firstPassword: FirstPasswordFile;
  readonly hierarchy: Hierarchy;
  readonly permissions: Permissions;
  readonly members: Members;
  readonly invitations: Invitations;
  readonly administration: Administration;
  readonly places: Places;
  readonly links: Links;
  readonly events: LiveEvents;
  readonly connections: OpenConnections;
  readonly sync: SyncManager;
  readonly applications: Applications;
  readonly alwaysOn: AlwaysOn;
  readonly restores: Restores;
  readonly schedules: SnapshotSchedules;
  readonly restoresUnderWay: RestoresUnderWay;
  readonly activity: ActivityLog;
  readonly undo: Undo;
  readonly conflicts: Conflicts;
  readonly web: WebSession;
}
