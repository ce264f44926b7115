-- The catalog, version 2: what the definitions of objects say.

CREATE TABLE object_attributes (       -- such as a policy's command or a function's language
  backup INTEGER NOT NULL,
  object INTEGER NOT NULL,             -- objects.ordinal
  ordinal INTEGER NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (backup, object, ordinal),
  FOREIGN KEY (backup, object) REFERENCES objects(backup, ordinal) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX objects_by_kind ON objects (kind, name);

CREATE VIEW object_overview AS
SELECT p.name AS project, substr(b.backup_id, 1, 8) AS backup, o.kind, o.name, o.table_name AS "table",
  (SELECT group_concat(a.name || '=' || a.value, '; ') FROM object_attributes a
   WHERE a.backup = o.backup AND a.object = o.ordinal) AS attributes, o.definition
FROM objects o JOIN backups b ON b.id = o.backup JOIN projects p ON p.id = b.project
ORDER BY b.taken_at DESC, b.id DESC, o.ordinal;
