import { type Kysely, sql } from "kysely";
import { EXIT, StartError } from "../server-error.ts";
import type { Database } from "./schema.ts";

/** Forward only, in order; one that was released is never changed. */
const MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE users (id text PRIMARY KEY, email text NOT NULL UNIQUE, name text NOT NULL, password_hash text NOT NULL, created_at text NOT NULL)`,
    `CREATE TABLE web_sessions (token_hash text PRIMARY KEY, user_id text NOT NULL REFERENCES users ON DELETE CASCADE, expires_at text NOT NULL)`,
    `CREATE TABLE organizations (id text PRIMARY KEY, name text NOT NULL)`,
    `CREATE TABLE spaces (id text PRIMARY KEY, organization_id text NOT NULL REFERENCES organizations, name text NOT NULL)`,
    `CREATE TABLE instances (id text PRIMARY KEY, space_id text NOT NULL REFERENCES spaces, name text NOT NULL)`,
    `CREATE TABLE memberships (user_id text NOT NULL REFERENCES users ON DELETE CASCADE, instance_id text NOT NULL REFERENCES instances,
       role text NOT NULL CHECK (role IN ('owner', 'editor', 'viewer')), PRIMARY KEY (user_id, instance_id))`,
    `CREATE TABLE links (user_id text PRIMARY KEY REFERENCES users ON DELETE CASCADE, account_id text NOT NULL, account_name text NOT NULL,
       account_email text NOT NULL, refresh_token_sealed text NOT NULL, linked_at text NOT NULL)`,
    `CREATE TABLE pending_links (state_hash text PRIMARY KEY, user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
       session_hash text NOT NULL, verifier_sealed text NOT NULL, expires_at text NOT NULL)`,
    `CREATE TABLE applications (id text PRIMARY KEY, instance_id text NOT NULL REFERENCES instances, user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
       kind text NOT NULL, started_at text NOT NULL)`,
  ],
  [
    `CREATE TABLE paused (user_id text NOT NULL REFERENCES users ON DELETE CASCADE, instance_id text NOT NULL REFERENCES instances,
       PRIMARY KEY (user_id, instance_id))`,
  ],
  // Roles at each level instead of owners; names that are one folder in Dropbox can't be two; what is deleted takes along
  // what hangs on it.
  [
    `CREATE TABLE members (user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
       organization_id text REFERENCES organizations ON DELETE CASCADE, space_id text REFERENCES spaces ON DELETE CASCADE,
       instance_id text REFERENCES instances ON DELETE CASCADE, role text NOT NULL, CHECK (
         (organization_id IS NOT NULL AND space_id IS NULL AND instance_id IS NULL AND role = 'organization manager') OR
         (organization_id IS NULL AND space_id IS NOT NULL AND instance_id IS NULL AND role = 'space administrator') OR
         (organization_id IS NULL AND space_id IS NULL AND instance_id IS NOT NULL AND role IN ('instance editor', 'instance viewer'))))`,
    `CREATE UNIQUE INDEX members_once ON members (user_id, (COALESCE(organization_id, space_id, instance_id)))`,
    `INSERT INTO members (user_id, organization_id, role) SELECT DISTINCT user_id, organization_id, 'organization manager'
       FROM memberships JOIN instances ON instances.id = instance_id JOIN spaces ON spaces.id = space_id WHERE role = 'owner'`,
    `INSERT INTO members (user_id, space_id, role) SELECT DISTINCT user_id, space_id, 'space administrator'
       FROM memberships JOIN instances ON instances.id = instance_id WHERE role = 'owner'`,
    `INSERT INTO members (user_id, instance_id, role) SELECT user_id, instance_id, 'instance ' || role FROM memberships WHERE role <> 'owner'`,
    `DROP TABLE memberships`,
    `ALTER TABLE organizations ADD COLUMN name_key text, ADD COLUMN archived_at text`,
    `ALTER TABLE spaces ADD COLUMN name_key text, ADD COLUMN archived_at text`,
    `ALTER TABLE instances ADD COLUMN name_key text, ADD COLUMN archived_at text`,
    `UPDATE organizations SET name_key = lower(name)`,
    `UPDATE spaces SET name_key = lower(name)`,
    `UPDATE instances SET name_key = lower(name)`,
    `ALTER TABLE organizations ALTER COLUMN name_key SET NOT NULL, ADD UNIQUE (name_key)`,
    `ALTER TABLE spaces ALTER COLUMN name_key SET NOT NULL, ADD UNIQUE (organization_id, name_key)`,
    `ALTER TABLE instances ALTER COLUMN name_key SET NOT NULL, ADD UNIQUE (space_id, name_key)`,
    `ALTER TABLE spaces DROP CONSTRAINT spaces_organization_id_fkey, ADD FOREIGN KEY (organization_id) REFERENCES organizations ON DELETE CASCADE`,
    `ALTER TABLE instances DROP CONSTRAINT instances_space_id_fkey, ADD FOREIGN KEY (space_id) REFERENCES spaces ON DELETE CASCADE`,
    `ALTER TABLE applications DROP CONSTRAINT applications_instance_id_fkey, ADD FOREIGN KEY (instance_id) REFERENCES instances ON DELETE CASCADE`,
    `ALTER TABLE paused DROP CONSTRAINT paused_instance_id_fkey, ADD FOREIGN KEY (instance_id) REFERENCES instances ON DELETE CASCADE`,
    `CREATE TABLE invitations (id text PRIMARY KEY, token_hash text NOT NULL UNIQUE, email text NOT NULL, role text NOT NULL,
       organization_id text REFERENCES organizations ON DELETE CASCADE, space_id text REFERENCES spaces ON DELETE CASCADE,
       instance_id text REFERENCES instances ON DELETE CASCADE,
       invited_by text NOT NULL REFERENCES users ON DELETE CASCADE, expires_at text NOT NULL)`,
  ],
  [
    `CREATE TABLE restored_deletions (user_id text NOT NULL REFERENCES users ON DELETE CASCADE, instance_id text NOT NULL REFERENCES instances ON DELETE CASCADE,
       paths text NOT NULL, PRIMARY KEY (user_id, instance_id))`,
  ],
  [
    `CREATE TABLE always_on (user_id text NOT NULL REFERENCES users ON DELETE CASCADE, instance_id text NOT NULL REFERENCES instances ON DELETE CASCADE,
       PRIMARY KEY (user_id, instance_id))`,
  ],
  [
    `CREATE TABLE snapshot_schedules (instance_id text PRIMARY KEY REFERENCES instances ON DELETE CASCADE, every text NOT NULL CHECK (every IN ('off', 'hourly', 'daily')),
       hourly integer NOT NULL, daily integer NOT NULL, weekly integer NOT NULL, looked_at text, problem text)`,
  ],
  [
    `CREATE TABLE activities (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, instance_id text NOT NULL REFERENCES instances ON DELETE CASCADE,
       user_id text NOT NULL REFERENCES users ON DELETE CASCADE, at text NOT NULL, side text NOT NULL, action text NOT NULL, kind text,
       path text NOT NULL, from_path text, bytes bigint, reason text NOT NULL, was text, now text, undone_at text)`,
    `CREATE INDEX activities_of_user ON activities (instance_id, user_id, id)`,
    `CREATE INDEX activities_of_platform ON activities (instance_id, id) WHERE side = 'platform'`,
  ],
  [
    `CREATE TABLE distributions (id text PRIMARY KEY, user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
       source_id text NOT NULL REFERENCES instances ON DELETE CASCADE, paths text NOT NULL, strategy text NOT NULL,
       notify boolean NOT NULL, links integer NOT NULL, begun_at text NOT NULL)`,
    `CREATE TABLE distribution_targets (distribution_id text NOT NULL REFERENCES distributions ON DELETE CASCADE,
       instance_id text NOT NULL REFERENCES instances ON DELETE CASCADE, state text NOT NULL, message text,
       safety_id text, outcome text, touched text, PRIMARY KEY (distribution_id, instance_id))`,
    `CREATE TABLE distribution_notices (user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
       distribution_id text NOT NULL, instance_id text NOT NULL, PRIMARY KEY (user_id, distribution_id, instance_id),
       FOREIGN KEY (distribution_id, instance_id) REFERENCES distribution_targets ON DELETE CASCADE)`,
  ],
  [
    // Each lasts 30 days, so those that are there say when they began.
    `ALTER TABLE web_sessions ADD COLUMN id text UNIQUE, ADD COLUMN begun_at text, ADD COLUMN seen_at text,
       ADD COLUMN address text NOT NULL DEFAULT '', ADD COLUMN browser text NOT NULL DEFAULT ''`,
    `UPDATE web_sessions SET id = gen_random_uuid(), begun_at =
       to_char((expires_at::timestamptz - interval '30 days') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
    `UPDATE web_sessions SET seen_at = begun_at`,
    `ALTER TABLE web_sessions ALTER COLUMN id SET NOT NULL, ALTER COLUMN begun_at SET NOT NULL, ALTER COLUMN seen_at SET NOT NULL`,
    `CREATE INDEX web_sessions_of_user ON web_sessions (user_id)`,
  ],
  [
    // What it is about may be deleted, and stays written down.
    `CREATE TABLE audit_entries (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at text NOT NULL, organization_id text,
       user_id text NOT NULL, who text NOT NULL, action text NOT NULL, subject text NOT NULL, details text NOT NULL, address text NOT NULL)`,
    `CREATE INDEX audit_entries_of_organization ON audit_entries (organization_id, id)`,
    `CREATE INDEX audit_entries_of_user ON audit_entries (user_id, id) WHERE organization_id IS NULL`,
    `CREATE INDEX audit_entries_by_time ON audit_entries (at)`,
  ],
  [
    `CREATE TABLE bandwidth_limits (user_id text PRIMARY KEY REFERENCES users ON DELETE CASCADE, up integer, down integer)`,
  ],
  [
    `CREATE TABLE undos (id text PRIMARY KEY, instance_id text NOT NULL REFERENCES instances ON DELETE CASCADE,
       user_id text NOT NULL REFERENCES users ON DELETE CASCADE, entry_id bigint NOT NULL, path text NOT NULL, begun_at text NOT NULL,
       state text NOT NULL, message text, total integer NOT NULL, outcome text NOT NULL)`,
    `CREATE INDEX undos_of_user ON undos (instance_id, user_id)`,
  ],
  [`ALTER TABLE bandwidth_limits ADD COLUMN schedule text`],
  [
    `ALTER TABLE instances ADD COLUMN epoch integer NOT NULL DEFAULT 0`,
    `CREATE TABLE unheard_restores (user_id text NOT NULL REFERENCES users ON DELETE CASCADE, instance_id text NOT NULL REFERENCES instances ON DELETE CASCADE,
       epoch integer NOT NULL, PRIMARY KEY (user_id, instance_id))`,
  ],
  [`ALTER TABLE activities ADD COLUMN kept_as text`],
  [
    // Of what is in no other table any more.
    `CREATE TABLE deletions (id text PRIMARY KEY, begun_at text NOT NULL, instances text NOT NULL, users text NOT NULL, dropbox_path text)`,
  ],
];

/** Brings the database to this version. @throws StartError when it is a newer one's, untouched */
export async function migrate(database: Kysely<Database>): Promise<void> {
  await sql`CREATE TABLE IF NOT EXISTS schema_version (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`.execute(
    database,
  );
  await database.transaction().execute(async (transaction) => {
    // Replicas that start together migrate one after the other.
    await sql`LOCK TABLE schema_version IN ACCESS EXCLUSIVE MODE`.execute(transaction);
    const row = await transaction
      .selectFrom("schema_version")
      .select(({ fn }) => fn.max("version").as("version"))
      .executeTakeFirst();
    const version = Number(row?.version ?? 0);
    if (version > MIGRATIONS.length) {
      throw new StartError(
        EXIT.dataNewer,
        `The database was written by a newer Twinfold (version ${version}, this one knows ${MIGRATIONS.length}): run that one`,
      );
    }
    for (const [index, statements] of MIGRATIONS.entries()) {
      if (index < version) continue;
      for (const statement of statements) await sql.raw(statement).execute(transaction);
      await transaction
        .insertInto("schema_version")
        .values({ version: index + 1 })
        .execute();
    }
  });
}
