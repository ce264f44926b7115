-- The catalog, version 2: what the definitions of objects say.

CREATE TABLE object_attributes (       -- such as a policy's command or a function's language
  backup BIGINT NOT NULL,
  object BIGINT NOT NULL,                       -- objects.ordinal
  ordinal BIGINT NOT NULL,
  name BYTEA NOT NULL,
  value BYTEA NOT NULL,
  PRIMARY KEY (backup, object, ordinal),
  FOREIGN KEY (backup, object) REFERENCES objects(backup, ordinal) ON DELETE CASCADE
);

CREATE INDEX objects_by_kind ON objects (kind);

CREATE VIEW object_overview AS
SELECT shown(p.name) AS project, substr(b.backup_id, 1, 8) AS backup, o.kind, shown(o.name) AS name,
  shown(o.table_name) AS "table",
  (SELECT string_agg(shown(a.name) || '=' || shown(a.value), '; ' ORDER BY a.ordinal) FROM object_attributes a
   WHERE a.backup = o.backup AND a.object = o.ordinal) AS attributes, shown(o.definition) AS definition
FROM objects o JOIN backups b ON b.id = o.backup JOIN projects p ON p.id = b.project
ORDER BY b.taken_at DESC, b.id DESC, o.ordinal;
