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
