/**
 * Times are milliseconds since 1970. A namespace (`ns`) is one account's tree of files.
 *
 * `entries` holds one row for each path that exists or ever did: a deleted path stays as a tombstone, so that a folder's row
 * number is good for ever. `seq` is the place of its last change in the account's log; where the log has nothing to say of it,
 * it is 0 for a change of case only, and for a row below a deleted folder, which the folder's own deletion covers (see
 * `ChangeLog`), that deletion's place, negative.
 */
const FIRST = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (
  ns INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  password TEXT NOT NULL,
  quota INTEGER NOT NULL,
  created INTEGER NOT NULL,
  id_prefix BLOB NOT NULL,
  next_id INTEGER NOT NULL,
  stamp INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  used INTEGER NOT NULL,
  epoch INTEGER NOT NULL
) STRICT;

CREATE TABLE apps (
  key TEXT PRIMARY KEY,
  secret TEXT NOT NULL,
  name TEXT NOT NULL UNIQUE,
  access TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE redirect_addresses (app TEXT NOT NULL, address TEXT NOT NULL, PRIMARY KEY (app, address)) STRICT, WITHOUT ROWID;

CREATE TABLE grants (
  id INTEGER PRIMARY KEY,
  ns INTEGER NOT NULL,
  app TEXT NOT NULL,
  scopes TEXT NOT NULL,
  public INTEGER NOT NULL,
  refresh_hash TEXT UNIQUE,
  created INTEGER NOT NULL,
  revoked INTEGER
) STRICT;
CREATE INDEX grants_by_account ON grants (ns, app);
CREATE TABLE access_tokens (
  hash TEXT PRIMARY KEY,
  grant_id INTEGER NOT NULL,
  scopes TEXT NOT NULL,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE codes (
  hash TEXT PRIMARY KEY,
  ns INTEGER NOT NULL,
  app TEXT NOT NULL,
  scopes TEXT NOT NULL,
  redirect TEXT,
  challenge TEXT,
  challenge_method TEXT,
  offline INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  used INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE web_sessions (
  hash TEXT PRIMARY KEY,
  ns INTEGER NOT NULL,
  form_token TEXT NOT NULL,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE entries (
  row INTEGER PRIMARY KEY,
  ns INTEGER NOT NULL,
  key TEXT NOT NULL,
  parent INTEGER NOT NULL,
  folder INTEGER NOT NULL,
  deleted INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  display TEXT NOT NULL,
  id TEXT NOT NULL,
  stamp INTEGER NOT NULL,
  hash TEXT,
  size INTEGER NOT NULL,
  client_modified INTEGER NOT NULL,
  server_modified INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX entries_by_key ON entries (ns, key);
CREATE INDEX entries_by_parent ON entries (parent, folder DESC, row);
CREATE INDEX entries_by_seq ON entries (ns, seq) WHERE seq > 0;
CREATE INDEX entries_by_id ON entries (ns, id) WHERE deleted = 0;

-- Deletions of folders that were made anew since: whoever reads the log must still forget what was in them.
CREATE TABLE forgotten_folders (
  ns INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  key TEXT NOT NULL,
  display TEXT NOT NULL,
  parent INTEGER NOT NULL,
  PRIMARY KEY (ns, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE revisions (
  ns INTEGER NOT NULL,
  stamp INTEGER NOT NULL,
  key TEXT NOT NULL,
  display TEXT NOT NULL,
  id TEXT NOT NULL,
  hash TEXT NOT NULL,
  size INTEGER NOT NULL,
  client_modified INTEGER NOT NULL,
  server_modified INTEGER NOT NULL,
  PRIMARY KEY (ns, stamp)
) STRICT, WITHOUT ROWID;
CREATE INDEX revisions_by_key ON revisions (ns, key, stamp);
CREATE INDEX revisions_by_id ON revisions (ns, id, stamp);

-- Content is addressed by its hash and stored once: small ones here, others as slices of pack files.
CREATE TABLE contents (
  content INTEGER PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  size INTEGER NOT NULL,
  crc INTEGER,
  bytes BLOB
) STRICT;
CREATE TABLE content_slices (
  content INTEGER NOT NULL,
  position INTEGER NOT NULL,
  pack TEXT NOT NULL,
  start INTEGER NOT NULL,
  length INTEGER NOT NULL,
  PRIMARY KEY (content, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE upload_sessions (
  id TEXT PRIMARY KEY,
  ns INTEGER NOT NULL,
  app TEXT NOT NULL,
  concurrent INTEGER NOT NULL,
  closed INTEGER NOT NULL,
  size INTEGER NOT NULL,
  created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE upload_pieces (
  session TEXT NOT NULL,
  start INTEGER NOT NULL,
  length INTEGER NOT NULL,
  blocks BLOB NOT NULL,
  pack TEXT,
  pack_start INTEGER NOT NULL,
  bytes BLOB,
  PRIMARY KEY (session, start)
) STRICT;

CREATE TABLE jobs (
  id TEXT PRIMARY KEY,
  ns INTEGER NOT NULL,
  app TEXT NOT NULL,
  kind TEXT NOT NULL,
  result TEXT NOT NULL,
  created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;

const LINKS = `
-- One-time links to upload by, under the hash of what stands in their address; \`expires\` is 0 once it was used.
CREATE TABLE upload_links (
  hash TEXT PRIMARY KEY,
  ns INTEGER NOT NULL,
  app TEXT NOT NULL,
  commit_info TEXT NOT NULL,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A shared link follows the file or folder with this id wherever it moves.
CREATE TABLE shared_links (
  id TEXT PRIMARY KEY,
  ns INTEGER NOT NULL,
  entry_id TEXT NOT NULL,
  rlkey TEXT NOT NULL,
  created INTEGER NOT NULL,
  UNIQUE (ns, entry_id)
) STRICT, WITHOUT ROWID;
`;

const WEBHOOKS = `
-- Who sees an app's secret, and changes its settings, in the app console.
CREATE TABLE developers (app TEXT NOT NULL, ns INTEGER NOT NULL, PRIMARY KEY (app, ns)) STRICT, WITHOUT ROWID;

CREATE TABLE webhooks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  app TEXT NOT NULL,
  uri TEXT NOT NULL,
  created INTEGER NOT NULL,
  enabled INTEGER NOT NULL,
  given_up INTEGER NOT NULL,
  failure TEXT,
  accepted INTEGER,
  UNIQUE (app, uri)
) STRICT;
-- Up to where in each account's log a webhook was told.
CREATE TABLE webhook_marks (
  webhook INTEGER NOT NULL,
  ns INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (webhook, ns)
) STRICT, WITHOUT ROWID;
`;

/** Until then, what was deleted with a folder was known by the time of its deletion. */
const BURIALS = `
UPDATE entries SET seq = -coalesce(
  (SELECT max(folder.seq) FROM entries AS folder
   WHERE folder.ns = entries.ns AND folder.folder = 1 AND folder.deleted = 1 AND folder.seq > 0
     AND folder.server_modified = entries.server_modified
     AND entries.key > folder.key || '/' AND entries.key < folder.key || '0'),
  server_modified)
WHERE deleted = 1 AND seq = 0;
`;

const RECASINGS = `
-- The last change of case only of each file and folder: seq is a place in the account's log at which the log has nothing.
CREATE TABLE recasings (
  ns INTEGER NOT NULL,
  id TEXT NOT NULL,
  before TEXT NOT NULL,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (ns, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX recasings_by_seq ON recasings (ns, seq);
`;

/** What makes a database of each version from the one before; a folder with a higher version is a newer program's. */
export const SCHEMA_STEPS: readonly string[] = [FIRST, LINKS, WEBHOOKS, BURIALS, RECASINGS];
