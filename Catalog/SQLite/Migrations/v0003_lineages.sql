-- The catalog, version 3: rows are kept once for as long as they do not change, in a file of pages beside this one.

DROP TABLE search_words;
DROP TABLE search_rows;
ALTER TABLE backups DROP COLUMN first_row;
ALTER TABLE backups DROP COLUMN last_row;
ALTER TABLE tables DROP COLUMN first_row;
ALTER TABLE tables DROP COLUMN last_row;

CREATE TABLE lineages (                -- backups of one source that follow each other
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- names its pages, so it is never given twice
  project INTEGER,                     -- where it was begun; NULL when that is gone, though backups may have moved away
  environment INTEGER,
  system TEXT NOT NULL,
  indexing TEXT NOT NULL,              -- full or keys
  generation INTEGER NOT NULL DEFAULT 0 -- the last change of its rows
) STRICT;
CREATE INDEX lineages_by_source ON lineages (project, system);

ALTER TABLE backups ADD COLUMN lineage INTEGER REFERENCES lineages(id);
CREATE INDEX backups_by_lineage ON backups (lineage);
-- What was registered before is searched again when it was forgotten and registered anew.
UPDATE backups SET indexing = 'none';

CREATE TABLE settings (                -- such as the mark by which the key of secret values is known
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE erasures (                -- rows that are left out wherever they come again
  project INTEGER NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  mark BLOB NOT NULL,                  -- of the row's table and key, under the key of secret values
  table_name TEXT NOT NULL,
  at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (project, mark)
) STRICT, WITHOUT ROWID;
