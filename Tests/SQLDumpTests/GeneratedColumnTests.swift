import BuiltIn
import Bytes
import Conversion
import Records
import TestSupport
import Testing

/// Columns that PostgreSQL computes: the server says what they were, and what they are again.
@Suite(.serialized, .enabled(if: ThrowAwayPostgres.isAvailable, "needs PostgreSQL")) struct GeneratedColumnTests {
  private static let understood = [
    "integer": [
      "a + b * 2", "(a - b) / 3 % 7", "-a", "length(t)", "abs(a)", "CASE WHEN a > 3 THEN b WHEN ok THEN 0 ELSE -1 END",
      "COALESCE(b, a, 5)", "NULLIF(t, '')::integer", "strpos(t, '2')",
    ],
    "bigint": ["s * 1000", "'-7'::bigint + a"],
    "numeric": ["n * 1.190", "round(n * 1.19, 2)", "n / 3", "floor(n)", "GREATEST(n, a, 1.5)"],
    "double precision": ["f * 2 + a", "n / NULLIF(f, 0.0)"],
    "text": [
      "lower(t) || ' ' || upper(v)", "v || ':' || a::text", "btrim(t, ' x')", "replace(t, '1', '''')", "md5(t)",
      "\"left\"(t, 2) || substr(v, 2)", "NULLIF(t, '')", "initcap(split_part(v, '-', 1))", "\"Odd \"\"name\" || '!'",
      "CASE WHEN t = '12' THEN 'twelve' ELSE t END",
    ],
    "character varying(40)": ["lower(v)", "t"],
    "boolean": [
      "a > b AND NOT ok", "d IS NULL", "(t <> '' OR n >= 1.0) IS NOT FALSE", "n = f", "ok OR j IS NOT NULL",
    ],
    "tsvector": [
      "to_tsvector('english', COALESCE(t, '') || ' ' || v)",
      "setweight(to_tsvector('simple', t), 'A') || setweight(to_tsvector('german', v), 'B')",
    ],
  ]
  /// Such as no dump may make a server run, or that we know nothing of.
  private static let others = [
    "integer": [
      "own(a)", "own.length(t)", "EXTRACT(year FROM d)::integer", "(j ->> 'a')::integer", "a # b", "round(a)",
    ],
    "text": ["t COLLATE \"C\" || 'x'", "j::text"],
    "boolean": ["t ~ 'a+'", "t LIKE 'a%'"],
  ]

  @Test func columnsAreComputedAgain() throws {
    let server = try ThrowAwayPostgres(), place = try TemporaryDirectory()
    func lines(_ columns: [String: [String]], _ name: String) -> [String] {
      columns.sorted { $0.key < $1.key }.flatMap { type, list in
        list.enumerated().map { i, text in
          "\"\(name) \(type) \(i)\" \(type) GENERATED ALWAYS AS (\(text)) STORED"
        }
      }
    }
    let own = lines(Self.understood, "is"), foreign = lines(Self.others, "not")
    let ddl = """
      CREATE SCHEMA own; CREATE TYPE mood AS ENUM ('a');
      CREATE FUNCTION own(integer) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT 1';
      CREATE FUNCTION own.length(text) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT 1';
      CREATE TABLE t (id integer PRIMARY KEY, a integer, b integer, s bigint, n numeric(12,3), f double precision,
        t text, v varchar(30), ok boolean, d date, j jsonb, e mood, "Odd ""name" text,
        must integer NOT NULL GENERATED ALWAYS AS (id * 2) STORED UNIQUE, \(own.joined(separator: ",\n  ")));
      CREATE TABLE u (id integer PRIMARY KEY, a integer, b integer, t text, d date, j jsonb, e mood,
        must integer NOT NULL GENERATED ALWAYS AS (own(id)) STORED, \(foreign.joined(separator: ",\n  ")));
      INSERT INTO t VALUES (1, 4, 3, 1::bigint << 40, 1.005, 0.5, '12', 'Zwölf-x', false, '2024-02-29', '{}', 'a', 'o''k'),
        (2, -7, 2, -5, -33.333, -0.0, '', 'A-b', true, NULL, NULL, NULL, NULL),
        (3, 0, NULL, 0, NULL, 1e300, '0', 'running dogs', NULL, NULL, NULL, 'a', '');
      INSERT INTO u VALUES (1, 2, 3, 'abc', '2024-02-29', '{"a": 5}', 'a');
      """
    let made = try server.psql(ddl)
    try #require(made.exitCode == 0, "\(made.errorText)")
    for (number, options) in [[], ["--inserts"], ["--column-inserts"]].enumerated() {
      let dump = try server.dump(options)
      try writeFile(place.path + "/dump.sql", dump.output)
      let losses = try convertedScript(place.path + "/dump.sql", to: place.file("out\(number).sql"))
      _ = try server.psql("CREATE DATABASE d\(number)")
      let loaded = try server.psql(readFile(place.path + "/out\(number).sql"), database: "d\(number)")
      #expect(loaded.exitCode == 0, "\(loaded.errorText)")
      for query in ["SELECT * FROM t ORDER BY id", "SELECT id, a, b, t, d, j, e FROM u"] {
        let (before, after) = (try server.psql(query), try server.psql(query, database: "d\(number)"))
        #expect(before.text == after.text && !before.text.isEmpty, "\(query) \(options)")
      }
      // The server reads in our text what it read in the source's.
      let expressions = """
        SELECT attname, pg_get_expr(adbin, adrelid) FROM pg_attribute JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE attgenerated = 's' AND attrelid = 't'::regclass ORDER BY 1
        """
      let (before, after) = (
        try server.psql(expressions).text.split(separator: "\n"),
        try server.psql(expressions, database: "d\(number)").text.split(separator: "\n")
      )
      #expect(before.count > own.count && before.count == after.count)
      for (one, other) in zip(before, after) { #expect(bare(one) == bare(other)) }
      // The others are empty, and said to be.
      let empty = losses.filter { $0.code == "generated-left-empty" }
      #expect(empty.count == foreign.count + 1 && empty.allSatisfy { $0.table == "u" })
      #expect(!losses.contains { $0.isReject })
      let next = try server.psql("INSERT INTO t(id, a) VALUES (9, 9) RETURNING must", database: "d\(number)")
      #expect(next.text == "18\n")
    }
  }

  /// An expression without what changes nothing: casts of constants, and brackets.
  private func bare(_ text: Substring) -> String {
    ["::text", "::character varying", "pg_catalog.", "(", ")", " "].reduce(String(text)) {
      $0.replacing($1, with: "")
    }
  }

  @Test func hostileExpressionsAreNotWritten() throws {
    let deep = String(repeating: "(", count: 5_000) + "a" + String(repeating: ")", count: 5_000)
    let long = "a" + String(repeating: "+a", count: 100_000)
    for text in [
      deep, long, "pg_sleep(10)", "a) STORED); DROP TABLE t; --", "'\\'", "(SELECT 1)", "a + 'x", "\"a", "a::",
      "CASE END",
      "a IS", "1e9999999", "99999999999999999999999999999999999999999999999999999999999999999999999", "x.a", "b",
      "ctid",
      "", ";", "length()", "length(length(a))", "a || a", "NOT a", "coalesce()", "case when a then 1 end", "-", "a a",
      "a,",
    ] {
      var table = TableSchema("t", [Column("a", .int32), Column("g", .int32), Column("b", .int32)])
      table.columns[1].generation = Array(text.utf8)
      table.columns[1].isLeftToServer = true
      table.columns[2].generation = Array("a".utf8)
      table.columns[2].isLeftToServer = true
      let schema = try SQLSchema([table], .postgres)
      #expect(schema.losses.map(\.code) == ["generated-left-empty"], "\(text.prefix(80))")
      let lines = String(decoding: schema.createTable(schema.tables[0]), as: UTF8.self).split(separator: "\n")
      #expect(lines[2] == "  \"g\" integer," && lines[3] == "  \"b\" integer GENERATED ALWAYS AS (\"a\") STORED")
      // SQLite and MySQL have other rules.
      let other = try SQLSchema([table], .sqlite)
      #expect(other.losses.map(\.code) == ["generated-left-empty", "generated-left-empty"])
    }
  }
}
