import type { ActivityEntry, AuditAction, Role, Strategy, TargetState, Undo } from "@twinfold/api";
import type { Generated } from "kysely";

/** `name_key`: what its folder in Dropbox is known by, the same for names that would be one folder. */
interface Unit {
  id: string;
  name: string;
  name_key: string;
  archived_at: string | null;
}

/** A role, and the one of the three at which it is held. */
interface RoleAt {
  role: Role;
  organization_id: string | null;
  space_id: string | null;
  instance_id: string | null;
}

/** The tables, as the newest migration leaves them. Times are ISO 8601 text in UTC. */
export interface Database {
  users: { id: string; email: string; name: string; password_hash: string; created_at: string };
  /** `address` and `browser`: from where it was last used. */
  web_sessions: {
    id: string;
    token_hash: string;
    user_id: string;
    begun_at: string;
    seen_at: string;
    expires_at: string;
    address: string;
    browser: string;
  };
  organizations: Unit;
  spaces: Unit & { organization_id: string };
  /** `epoch`: how often its files were restored. */
  instances: Unit & { space_id: string; epoch: Generated<number> };
  members: RoleAt & { user_id: string };
  invitations: RoleAt & { id: string; token_hash: string; email: string; invited_by: string; expires_at: string };
  links: {
    user_id: string;
    account_id: string;
    account_name: string;
    account_email: string;
    refresh_token_sealed: string;
    linked_at: string;
  };
  pending_links: {
    state_hash: string;
    user_id: string;
    session_hash: string;
    verifier_sealed: string;
    expires_at: string;
  };
  applications: { id: string; instance_id: string; user_id: string; kind: string; started_at: string };
  /** Sync that its user has paused; it stays so until she resumes it. */
  paused: { user_id: string; instance_id: string };
  /** Instances whose sync runs whether an application of its user's does or not. */
  always_on: { user_id: string; instance_id: string };
  /** Paths that a restore has taken away, until the user's session has taken them out of her Dropbox; a JSON array. */
  restored_deletions: { user_id: string; instance_id: string; paths: string };
  /** The last epoch of the instance that began before the user's Dropbox could be heard out. */
  unheard_restores: { user_id: string; instance_id: string; epoch: number };
  /** When snapshots of an instance are taken by themselves, and how many are kept. */
  snapshot_schedules: {
    instance_id: string;
    every: "off" | "hourly" | "daily";
    hourly: number;
    daily: number;
    weekly: number;
    looked_at: string | null;
    problem: string | null;
  };
  /**
   * What happened; `was` and `now`: the content that was taken away or replaced, and what took its place; `kept_as`: what was
   * deleted on the pages, among the deleted items, until it is brought back or gone from there for good.
   */
  activities: {
    id: Generated<string>;
    instance_id: string;
    user_id: string;
    at: string;
    side: ActivityEntry["side"];
    action: ActivityEntry["action"];
    kind: "file" | "folder" | null;
    path: string;
    from_path: string | null;
    bytes: number | null;
    reason: string;
    was: string | null;
    now: string | null;
    undone_at: string | null;
    kept_as: string | null;
  };
  /** Undos that run, or whose end is still to be told. `outcome`: JSON, with what is marked in `activities` at the same time. */
  undos: {
    id: string;
    instance_id: string;
    user_id: string;
    entry_id: string;
    path: string;
    begun_at: string;
    state: Undo["state"];
    message: string | null;
    total: number;
    outcome: string;
  };
  /** `paths`: what was chosen, a JSON array. `links`: symbolic links that were left out. */
  distributions: {
    id: string;
    user_id: string;
    source_id: string;
    paths: string;
    strategy: Strategy;
    notify: boolean;
    links: number;
    begun_at: string;
  };
  /** `outcome`: as the API tells it, `touched`: path by path what was left there, for the undo; both JSON, once it is done. */
  distribution_targets: {
    distribution_id: string;
    instance_id: string;
    state: TargetState;
    message: string | null;
    safety_id: string | null;
    outcome: string | null;
    touched: string | null;
  };
  /** Members of a target who were to be told and have not put it away yet. */
  distribution_notices: { user_id: string; distribution_id: string; instance_id: string };
  /** Who did what; without an organization: with her own account. */
  audit_entries: {
    id: Generated<string>;
    at: string;
    organization_id: string | null;
    user_id: string;
    who: string;
    action: AuditAction;
    subject: string;
    details: string;
    address: string;
  };
  /** Bytes a second; null for no limit. `schedule`: other limits within given hours, JSON. */
  bandwidth_limits: { user_id: string; up: number | null; down: number | null; schedule: string | null };
  /** Units that are deleted, and something of them is not gone yet. `instances` and `users`: ids, JSON arrays. */
  deletions: { id: string; begun_at: string; instances: string; users: string; dropbox_path: string | null };
  schema_version: { version: number; applied_at: Generated<string> };
}
