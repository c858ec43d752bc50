-- A database as the first version left it, with an owner, an editor and a viewer.
CREATE TABLE schema_version (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE users (id text PRIMARY KEY, email text NOT NULL UNIQUE, name text NOT NULL, password_hash text NOT NULL, created_at text NOT NULL);
CREATE TABLE web_sessions (token_hash text PRIMARY KEY, user_id text NOT NULL REFERENCES users ON DELETE CASCADE, expires_at text NOT NULL);
CREATE TABLE organizations (id text PRIMARY KEY, name text NOT NULL);
CREATE TABLE spaces (id text PRIMARY KEY, organization_id text NOT NULL REFERENCES organizations, name text NOT NULL);
CREATE TABLE instances (id text PRIMARY KEY, space_id text NOT NULL REFERENCES spaces, name text NOT NULL);
CREATE TABLE memberships (user_id text NOT NULL REFERENCES users ON DELETE CASCADE, instance_id text NOT NULL REFERENCES instances,
  role text NOT NULL CHECK (role IN ('owner', 'editor', 'viewer')), PRIMARY KEY (user_id, instance_id));
CREATE TABLE links (user_id text PRIMARY KEY REFERENCES users ON DELETE CASCADE, account_id text NOT NULL, account_name text NOT NULL,
  account_email text NOT NULL, refresh_token_sealed text NOT NULL, linked_at text NOT NULL);
CREATE TABLE pending_links (state_hash text PRIMARY KEY, user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
  session_hash text NOT NULL, verifier_sealed text NOT NULL, expires_at text NOT NULL);
CREATE TABLE applications (id text PRIMARY KEY, instance_id text NOT NULL REFERENCES instances, user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
  kind text NOT NULL, started_at text NOT NULL);
INSERT INTO schema_version (version) VALUES (1);
INSERT INTO users VALUES ('ada', 'ada@example.org', 'Ada', 'x', '2026-01-01'), ('grace', 'grace@example.org', 'Grace', 'x', '2026-01-01'), ('edith', 'edith@example.org', 'Edith', 'x', '2026-01-01');
INSERT INTO organizations VALUES ('o', 'Analytical Engines');
INSERT INTO spaces VALUES ('s', 'o', 'First Space');
INSERT INTO instances VALUES ('m', 's', 'Master'), ('d', 's', 'Distributed');
INSERT INTO memberships VALUES ('ada', 'm', 'owner'), ('ada', 'd', 'owner'), ('grace', 'm', 'editor'), ('edith', 'd', 'viewer');
INSERT INTO applications VALUES ('a', 'm', 'ada', 'terminal', '2026-01-01');
INSERT INTO web_sessions VALUES ('h', 'ada', '2126-01-31T12:00:00.000Z');
INSERT INTO links VALUES ('ada', 'dbid:1', 'Ada', 'ada@dropbox.example', 'sealed', '2026-01-01');
