/** Raised with each change of the tables; a file with a higher number was written by a newer Twinfold. */
export const SCHEMA_VERSION = 3;

/**
 * Parents are foreign keys with ON UPDATE CASCADE, so that no node can be without its folder, and a node that turns out
 * to be another one takes its children along. Deferred: within a transaction nodes may be put in any order.
 */
export const SCHEMA = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE local (
  id INTEGER PRIMARY KEY,
  parent INTEGER REFERENCES local(id) ON UPDATE CASCADE ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  name TEXT NOT NULL,
  key TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('file', 'folder', 'special')),
  identity TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  size INTEGER NOT NULL,
  mtime INTEGER NOT NULL,
  hash TEXT,
  special TEXT
) STRICT;
CREATE INDEX local_by_key ON local (parent, key);
CREATE INDEX local_by_identity ON local (identity);

CREATE TABLE remote (
  id INTEGER PRIMARY KEY,
  parent INTEGER REFERENCES remote(id) ON UPDATE CASCADE ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  name TEXT NOT NULL,
  key TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('file', 'folder')),
  remote_id TEXT NOT NULL,
  rev TEXT,
  hash TEXT,
  size INTEGER NOT NULL,
  mtime INTEGER NOT NULL,
  downloadable INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX remote_by_key ON remote (parent, key);
CREATE INDEX remote_by_remote_id ON remote (remote_id);
CREATE INDEX remote_by_hash ON remote (hash) WHERE hash IS NOT NULL;

CREATE TABLE synced (
  id INTEGER PRIMARY KEY,
  parent INTEGER REFERENCES synced(id) ON UPDATE CASCADE ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  name TEXT NOT NULL,
  key TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('file', 'folder')),
  remote_name TEXT NOT NULL,
  identity TEXT NOT NULL,
  remote_id TEXT NOT NULL,
  hash TEXT,
  since INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX synced_by_key ON synced (parent, key);
CREATE INDEX synced_by_identity ON synced (identity);
CREATE INDEX synced_by_remote_id ON synced (remote_id);
`;

/** What makes a file of each earlier version one of the next. */
export const MIGRATIONS: Readonly<Record<number, string>> = {
  1: "ALTER TABLE synced ADD COLUMN since INTEGER NOT NULL DEFAULT 0;",
  2: "CREATE INDEX remote_by_hash ON remote (hash) WHERE hash IS NOT NULL;",
};

/** The nodes whose three sides are not equal: what there is to plan. One pass over each table. */
export const CHANGED = `
SELECT l.id FROM local l LEFT JOIN remote r ON r.id = l.id LEFT JOIN synced s ON s.id = l.id
WHERE r.id IS NULL OR s.id IS NULL
   OR l.parent IS NOT s.parent OR l.name IS NOT s.name OR r.parent IS NOT s.parent OR r.name IS NOT s.remote_name
   OR l.hash IS NOT s.hash OR r.hash IS NOT s.hash OR l.identity IS NOT s.identity OR r.remote_id IS NOT s.remote_id
UNION SELECT r.id FROM remote r LEFT JOIN local l ON l.id = r.id WHERE l.id IS NULL
UNION SELECT s.id FROM synced s LEFT JOIN local l ON l.id = s.id LEFT JOIN remote r ON r.id = s.id
WHERE l.id IS NULL AND r.id IS NULL
`;
