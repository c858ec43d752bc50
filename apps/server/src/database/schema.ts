import type { Generated } from "kysely";

/** The tables, as the newest migration leaves them. Times are ISO 8601 text in UTC. */
export interface Database {
  users: { id: string; email: string; name: string; password_hash: string; created_at: string };
  web_sessions: { token_hash: string; user_id: string; expires_at: string };
  organizations: { id: string; name: string };
  spaces: { id: string; organization_id: string; name: string };
  instances: { id: string; space_id: string; name: string };
  memberships: { user_id: string; instance_id: string; role: "owner" | "editor" | "viewer" };
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
  applications: { id: string; instance_id: string; user_id: string; kind: "terminal"; started_at: string };
  /** Sync that its user has paused; it stays so until she resumes it. */
  paused: { user_id: string; instance_id: string };
  schema_version: { version: number; applied_at: Generated<string> };
}
