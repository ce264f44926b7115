import Bytes
import PostgresArchive
import TestSupport
import Testing

/// What a database of every kind of data looks like, and its dumps by pg_dump.
final class OwnDatabase: Sendable {
  static let shared: OwnDatabase? = ThrowAwayPostgres.isAvailable ? try? OwnDatabase() : nil

  private let server: ThrowAwayPostgres
  private let place: TemporaryDirectory

  private init() throws {
    server = try ThrowAwayPostgres()
    place = try TemporaryDirectory()
    let result = try server.psql(
      """
      CREATE ROLE "o'wner"; CREATE ROLE reader;
      CREATE SCHEMA app; COMMENT ON SCHEMA app IS 'two
      lines; and a quote '' in them';
      CREATE TYPE app.mood AS ENUM ('glad', 'sad; or not');
      CREATE TABLE plain (id serial PRIMARY KEY, t text NOT NULL, m app.mood);
      INSERT INTO plain (t, m) VALUES (E'tab\\tfeed\\nback\\\\', 'glad'), ('', NULL), ('\\.', 'sad; or not'), ('it''s; "x"', NULL);
      CREATE TABLE app."Odd ""name"", with
      feed" ("select" int, "a b" text DEFAULT 'x;y');
      INSERT INTO app."Odd ""name"", with
      feed" VALUES (1, 'one'), (2, NULL);
      CREATE TABLE nothing (); INSERT INTO nothing DEFAULT VALUES; INSERT INTO nothing DEFAULT VALUES;
      CREATE TABLE one (t text); INSERT INTO one VALUES (''), (NULL), ('.'), ('\\'), (E'\\n'), (E'\\r'), (E';\\n''');
      CREATE TABLE empty (id int);
      CREATE TABLE long (t text); INSERT INTO long SELECT string_agg(md5((i * 5000 + k)::text), '')
        FROM generate_series(1, 12) i, generate_series(1, 3000) k GROUP BY i;
      CREATE VIEW app.seen AS SELECT id FROM plain WHERE t <> ';';
      CREATE MATERIALIZED VIEW kept AS SELECT count(*) AS n FROM plain;
      CREATE FUNCTION app.f(a int, b text DEFAULT ';') RETURNS int LANGUAGE sql AS $_$ SELECT 1; -- ' $_$;
      ALTER TABLE plain OWNER TO "o'wner"; ALTER FUNCTION app.f OWNER TO reader;
      GRANT SELECT ON plain TO reader; COMMENT ON COLUMN plain.t IS 'text';
      SELECT lo_from_bytea(70001, '\\x00ff10'), lo_create(70002), lo_from_bytea(70003, decode(repeat('41', 40000), 'hex'));
      GRANT SELECT ON LARGE OBJECT 70001 TO reader;
      """)
    try #require(result.exitCode == 0, "\(result.errorText)")
  }

  /// A dump with these options, made anew; a path.
  func dump(_ options: [String], _ name: String) throws -> String {
    let path = place.path + "/" + name
    let result = try server.dump(options + ["--file", path])
    try #require(result.exitCode == 0, "\(result.errorText)")
    return path
  }
}
