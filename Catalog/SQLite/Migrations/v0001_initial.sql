-- The catalog, version 1.
--
-- Times are integers: microseconds since 1970 UTC, unless a comment says otherwise. Names, paths and texts of unknown origin
-- are TEXT that holds exactly the bytes found, whatever their encoding. Query the views for reading; they come last.

CREATE TABLE projects (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  note TEXT
) STRICT;

CREATE TABLE environments (
  id INTEGER PRIMARY KEY,
  project INTEGER NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  name TEXT NOT NULL,                  -- such as production
  UNIQUE (project, name)
) STRICT;

CREATE TABLE backups (
  id INTEGER PRIMARY KEY,
  project INTEGER NOT NULL REFERENCES projects(id),
  environment INTEGER REFERENCES environments(id),
  backup_id TEXT NOT NULL UNIQUE,      -- 32 hexadecimal digits
  content BLOB NOT NULL,               -- SHA-256 over the artifacts' checksums
  system TEXT NOT NULL,                -- such as django
  kind TEXT NOT NULL,                  -- the system's own word
  taken_at INTEGER NOT NULL,
  taken_at_origin TEXT NOT NULL,       -- given, content, name or modified
  taken_at_has_zone INTEGER NOT NULL,  -- 0: the zone is assumed
  registered_at INTEGER NOT NULL,
  label TEXT,
  note TEXT,
  indexing TEXT NOT NULL,              -- full, keys or none
  artifact_count INTEGER NOT NULL DEFAULT 0,
  table_count INTEGER NOT NULL DEFAULT 0,
  record_count INTEGER NOT NULL DEFAULT 0,
  byte_count INTEGER NOT NULL DEFAULT 0,
  finding_count INTEGER NOT NULL DEFAULT 0,
  first_row INTEGER,                   -- its part of search_rows
  last_row INTEGER,
  UNIQUE (project, content)
) STRICT;
CREATE INDEX backups_by_time ON backups (taken_at);
CREATE INDEX backups_by_environment ON backups (environment);

CREATE TABLE attributes (              -- what a backup says of itself
  backup INTEGER NOT NULL REFERENCES backups(id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  name TEXT NOT NULL,                  -- such as django_version
  value TEXT NOT NULL,
  PRIMARY KEY (backup, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE tags (                    -- what the user says of a backup
  backup INTEGER NOT NULL REFERENCES backups(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (backup, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE aliases (                 -- names of backups within their project
  project INTEGER NOT NULL REFERENCES projects(id),
  name TEXT NOT NULL,
  backup INTEGER NOT NULL REFERENCES backups(id) ON DELETE CASCADE,
  PRIMARY KEY (project, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX aliases_by_backup ON aliases (backup);

CREATE TABLE artifacts (               -- the files of a backup
  id INTEGER PRIMARY KEY,
  backup INTEGER NOT NULL REFERENCES backups(id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  role TEXT NOT NULL,                  -- data, twin, combined, summary or document
  format TEXT NOT NULL,                -- such as json
  path TEXT NOT NULL,                  -- within the container
  sha256 BLOB NOT NULL,                -- of the stored bytes
  byte_count INTEGER NOT NULL,
  modified_ns INTEGER,                 -- nanoseconds since 1970
  mode INTEGER,                        -- permission bits
  table_name TEXT,                     -- when it holds one table only
  UNIQUE (backup, ordinal)
) STRICT;
CREATE INDEX artifacts_by_checksum ON artifacts (sha256);

CREATE TABLE locations (               -- where an artifact, or the container that holds it, was seen
  artifact INTEGER NOT NULL REFERENCES artifacts(id) ON DELETE CASCADE,
  path TEXT NOT NULL,                  -- absolute
  byte_count INTEGER NOT NULL,         -- of the file at that path
  modified_ns INTEGER NOT NULL,
  changed_ns INTEGER NOT NULL,
  device INTEGER NOT NULL,
  inode INTEGER NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  PRIMARY KEY (artifact, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX locations_by_path ON locations (path);

CREATE TABLE tables (
  id INTEGER PRIMARY KEY,
  backup INTEGER NOT NULL REFERENCES backups(id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  name TEXT NOT NULL,
  record_count INTEGER NOT NULL,
  digest TEXT,                         -- canonical digest of all rows
  unsearchable_count INTEGER NOT NULL, -- values too large or binary for the index
  first_row INTEGER,                   -- its part of search_rows, which other tables may share
  last_row INTEGER,
  UNIQUE (backup, ordinal)
) STRICT;
CREATE INDEX tables_by_name ON tables (name);

CREATE TABLE columns (
  table_id INTEGER NOT NULL REFERENCES tables(id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,                  -- logical type, such as timestamptz
  is_nullable INTEGER NOT NULL,
  maximum_length INTEGER,              -- as the source declares it
  is_secret INTEGER NOT NULL,
  is_identity INTEGER NOT NULL,
  kinds TEXT NOT NULL,                 -- kinds of values that occur, with commas between them
  null_count INTEGER NOT NULL,
  missing_count INTEGER NOT NULL,
  shortest INTEGER,                    -- bytes
  longest INTEGER,
  distinct_estimate INTEGER,
  PRIMARY KEY (table_id, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX columns_by_name ON columns (name);

CREATE TABLE keys (
  table_id INTEGER NOT NULL REFERENCES tables(id) ON DELETE CASCADE,
  kind TEXT NOT NULL,                  -- primary, unique or index
  number INTEGER NOT NULL,             -- counts the keys of a kind
  ordinal INTEGER NOT NULL,            -- counts the columns of a key
  column_name TEXT NOT NULL,
  PRIMARY KEY (table_id, kind, number, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE foreign_keys (            -- one row per column
  table_id INTEGER NOT NULL REFERENCES tables(id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  column_name TEXT NOT NULL,
  referenced_table TEXT NOT NULL,
  referenced_column TEXT NOT NULL,
  is_inferred INTEGER NOT NULL,        -- concluded, not declared
  is_verified INTEGER,                 -- every value leads to a row; NULL: not checked
  dangling_count INTEGER,
  PRIMARY KEY (table_id, number, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE objects (                 -- views, functions, policies and whatever else is not rows
  backup INTEGER NOT NULL REFERENCES backups(id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  table_name TEXT,
  definition TEXT NOT NULL,            -- the source's own text
  PRIMARY KEY (backup, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX objects_by_name ON objects (name);

CREATE TABLE claims (                  -- figures and statements of manifests, and whether they hold
  backup INTEGER NOT NULL REFERENCES backups(id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  subject TEXT NOT NULL,
  stated TEXT NOT NULL,
  measured TEXT,
  verdict TEXT NOT NULL,               -- proved, refuted or open
  artifact_path TEXT NOT NULL,
  PRIMARY KEY (backup, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE findings (                -- what is wrong or risky
  backup INTEGER NOT NULL REFERENCES backups(id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  code TEXT NOT NULL,
  severity TEXT NOT NULL,              -- info, warning, error or critical
  message TEXT NOT NULL,
  advice TEXT,
  artifact_path TEXT,
  table_name TEXT,
  column_name TEXT,
  byte_offset INTEGER,
  count INTEGER NOT NULL,
  PRIMARY KEY (backup, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE documents (               -- READMEs and summaries
  id INTEGER PRIMARY KEY,
  backup INTEGER NOT NULL REFERENCES backups(id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  path TEXT NOT NULL,
  text TEXT NOT NULL,
  UNIQUE (backup, ordinal)
) STRICT;

CREATE TABLE events (                  -- what was done to the catalog; they outlive what they speak of
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  project TEXT NOT NULL,               -- its name at that time
  backup_id TEXT,
  detail TEXT NOT NULL
) STRICT;

-- The search index: the values of one record or document, and its words in an FTS5 table without content.
CREATE TABLE search_rows (
  id INTEGER PRIMARY KEY,              -- grows in the order of the backup
  table_id INTEGER,                    -- NULL for a document
  number INTEGER NOT NULL,             -- of the record in its table from 1; of the document: documents.id
  key TEXT,                            -- values of the primary key
  cells BLOB NOT NULL                  -- see RecordPacker
) STRICT;

CREATE VIRTUAL TABLE search_words USING fts5 (
  words, content='', columnsize=0, detail=none, tokenize='ascii'
);
-- Filling is faster when parts are merged only sixteen at a time, and when a part's pages fit the file's.
INSERT INTO search_words (search_words, rank) VALUES ('automerge', 0), ('pgsz', 8000);

-- For people.

CREATE VIEW backup_overview AS
SELECT p.name AS project, e.name AS environment, substr(b.backup_id, 1, 8) AS backup, b.system, b.kind,
  strftime('%Y-%m-%dT%H:%M:%SZ', b.taken_at / 1000000, 'unixepoch') AS taken_at,
  strftime('%Y-%m-%dT%H:%M:%SZ', b.registered_at / 1000000, 'unixepoch') AS registered_at,
  b.label, b.table_count AS tables, b.record_count AS records, b.artifact_count AS artifacts, b.byte_count AS bytes,
  b.finding_count AS findings,
  (SELECT group_concat(a.name, ', ') FROM aliases a WHERE a.backup = b.id) AS aliases,
  (SELECT group_concat(t.name || CASE t.value WHEN '' THEN '' ELSE ':' || t.value END, ', ')
   FROM tags t WHERE t.backup = b.id) AS tags
FROM backups b JOIN projects p ON p.id = b.project LEFT JOIN environments e ON e.id = b.environment
ORDER BY b.taken_at DESC, b.id DESC;

CREATE VIEW table_overview AS
SELECT p.name AS project, substr(b.backup_id, 1, 8) AS backup, t.name AS "table", t.record_count AS records,
  (SELECT count(*) FROM columns c WHERE c.table_id = t.id) AS columns, t.digest
FROM tables t JOIN backups b ON b.id = t.backup JOIN projects p ON p.id = b.project
ORDER BY b.taken_at DESC, b.id DESC, t.ordinal;

CREATE VIEW column_overview AS
SELECT p.name AS project, substr(b.backup_id, 1, 8) AS backup, t.name AS "table", c.name AS "column", c.type,
  c.is_nullable, c.is_secret, c.kinds, c.null_count, c.missing_count, c.distinct_estimate
FROM columns c JOIN tables t ON t.id = c.table_id JOIN backups b ON b.id = t.backup JOIN projects p ON p.id = b.project
ORDER BY b.taken_at DESC, b.id DESC, t.ordinal, c.ordinal;

CREATE VIEW finding_overview AS
SELECT p.name AS project, substr(b.backup_id, 1, 8) AS backup, f.severity, f.code, f.message, f.count,
  f.table_name AS "table", f.column_name AS "column", f.artifact_path AS artifact, f.advice
FROM findings f JOIN backups b ON b.id = f.backup JOIN projects p ON p.id = b.project
ORDER BY b.taken_at DESC, b.id DESC, f.ordinal;

CREATE VIEW file_overview AS
SELECT p.name AS project, substr(b.backup_id, 1, 8) AS backup, a.role, a.format, a.path, lower(hex(a.sha256)) AS sha256,
  a.byte_count AS bytes, l.path AS location,
  strftime('%Y-%m-%dT%H:%M:%SZ', l.last_seen / 1000000, 'unixepoch') AS last_seen
FROM artifacts a JOIN backups b ON b.id = a.backup JOIN projects p ON p.id = b.project
LEFT JOIN locations l ON l.artifact = a.id
ORDER BY b.taken_at DESC, b.id DESC, a.ordinal;
