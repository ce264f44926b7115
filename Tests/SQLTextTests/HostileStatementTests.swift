import Bytes
import Diagnostics
import Records
import SQLText
import TestSupport
import Testing

/// Statements made to hang or trap the reader.
@Suite(.timeLimit(.minutes(3))) struct HostileStatementTests {
  static let tricky = [
    "CREATE TABLE a.\"b\"\"c\" (id bigint GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME s START WITH -5) PRIMARY KEY, m app.mood[3][] DEFAULT '{}'::app.mood[] NOT NULL, n numeric(3,-2) CHECK ((n > 0)), u uuid REFERENCES x.y(id) ON DELETE SET NULL (u) NOT VALID, CONSTRAINT k UNIQUE NULLS NOT DISTINCT (n, m), LIKE q INCLUDING ALL) INHERITS (p1, p2) PARTITION BY RANGE (id) WITH (fillfactor='70')",
    "CREATE TABLE c PARTITION OF a.\"b\"\"c\" (id DEFAULT 5) FOR VALUES FROM (1) TO (2)",
    "ALTER TABLE ONLY a.\"b\"\"c\" ADD CONSTRAINT f FOREIGN KEY (n, m) REFERENCES x(a, b) MATCH FULL DEFERRABLE, ALTER COLUMN n TYPE text USING (n), DROP COLUMN u, RENAME COLUMN n TO z, ATTACH PARTITION c DEFAULT",
    "CREATE OR REPLACE FUNCTION f(a integer DEFAULT (1), VARIADIC b text[]) RETURNS TABLE(x int) LANGUAGE sql SECURITY DEFINER SET search_path TO 'a', b AS $_$ ; $$ $_$",
    "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN a THEN 1 END; END",
    "CREATE POLICY p ON t AS RESTRICTIVE FOR SELECT TO a, \"b\" USING ((a <> E'\\x41\\u00e9')) WITH CHECK (true)",
    "CREATE TYPE mood AS ENUM ('a', 'it''s', U&'\\0061\\+01F600')",
    "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'b' BEFORE 'a'",
    "CREATE DOMAIN d AS character varying(3)[] NOT NULL DEFAULT 'x' CHECK (VALUE <> '')",
    "CREATE UNIQUE INDEX CONCURRENTLY i ON ONLY a.b USING gin (lower(x) o(siglen=3) DESC, y) INCLUDE (z) WHERE (a)",
    "GRANT SELECT(a, b), UPDATE ON TABLE a.b, c TO d, \"e\" WITH GRANT OPTION",
    "ALTER DEFAULT PRIVILEGES FOR ROLE a IN SCHEMA b REVOKE ALL ON TABLES FROM c",
    "CREATE TRIGGER t BEFORE INSERT OR UPDATE OF a ON b FOR EACH ROW WHEN ((new.a)) EXECUTE FUNCTION c('x')",
    "COMMENT ON CONSTRAINT a ON DOMAIN b.c IS 'x'", "ALTER ROLE a IN DATABASE b SET c TO 'd'",
    "ALTER ROLE a WITH LOGIN PASSWORD 'x' VALID UNTIL 'y'", "SELECT pg_catalog.setval('\"a\".b', 5, true)",
    "SELECT pg_catalog.set_config('search_path', 'a, \"b\"', false)", "SET search_path = a, \"b\", pg_catalog",
    "DROP FUNCTION IF EXISTS a.f(x integer), g() CASCADE", "COPY a.b (c, \"d\") FROM stdin WITH (FORMAT csv)",
    "CREATE OPERATOR app.=== (FUNCTION = f, LEFTARG = a)", "ALTER OPERATOR app.=== (a, b) OWNER TO c",
    "CREATE CAST (a AS b) WITH FUNCTION f(a) AS IMPLICIT", "ALTER SEQUENCE s OWNED BY a.b.c",
    "CREATE TABLE `t` (`id` int(10) unsigned NOT NULL AUTO_INCREMENT COMMENT 'x', `e` enum('a','b''c'), g int AS (id + 1) VIRTUAL, PRIMARY KEY (`id`,`e`(3)), KEY `k` (`e`), CONSTRAINT `f` FOREIGN KEY (`id`) REFERENCES `u` (`id`)) ENGINE=InnoDB AUTO_INCREMENT=3 /*!50100 PARTITION BY RANGE (id) */",
    "/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`%`*/ /*!50003 TRIGGER t BEFORE INSERT ON u FOR EACH ROW SET NEW.a = 1 */",
    "/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='ANSI,NO_BACKSLASH_ESCAPES' */",
    "CREATE VIRTUAL TABLE f USING fts5(a, content='')",
    "CREATE TABLE [a b](x PRIMARY KEY DESC, y, PRIMARY KEY(x)) WITHOUT ROWID, STRICT",
    "INSERT INTO sqlite_master VALUES('table','f','f',0,'CREATE TABLE x(a)')",
    "CREATE TRIGGER t AFTER INSERT ON x BEGIN UPDATE y SET a = CASE WHEN 1 THEN 2 END; END",
  ]
  private static let syntaxes: [SQLSyntax] = [.postgres, .mysql, .sqlite, SQLSyntax(.postgres, backslashEscapes: true)]

  /// Everything of a statement that could trap.
  private func feed(_ statement: [UInt8], _ schema: inout DumpSchema) {
    let syntax = schema.syntax
    var lexer = SQLLexer(statement, syntax), last = 0
    while let token = lexer.next() {
      #expect(token.range.lowerBound >= last && !token.range.isEmpty && token.range.upperBound <= statement.count)
      last = token.range.upperBound
      _ = lexer.value(token)
      _ = lexer.name(token)
    }
    _ = schema.add(statement, at: 0)
    schema.addMetaCommand(statement, at: 0)
  }

  @Test func everyPrefix() {
    for syntax in Self.syntaxes {
      for statement in Self.tricky {
        let bytes = Array(statement.utf8)
        var schema = DumpSchema(syntax)
        for count in 0...bytes.count {
          feed(Array(bytes[..<count]), &schema)
          schema.syntax = syntax
        }
        _ = schema.finish()
      }
    }
  }

  @Test func randomMutations() {
    var random = SplitMix(state: 7)
    let pieces = [
      "(", ")", ",", "'", "\"", "`", "$$", "$a$", "/*", "*/", "--", ";", ".", "::", "[", "]", " ALTER ", " TABLE ",
      " ON ",
      " TO ", "E'\\", "U&'", "/*!", "\u{0}", "é", " CONSTRAINT ", " DEFAULT ", " REFERENCES ", " AS ", "\\",
    ].map { Array($0.utf8) }
    var schemas = Self.syntaxes.map { DumpSchema($0) }
    for round in 0..<20_000 {
      let statement = Self.tricky[round % Self.tricky.count], at = round % schemas.count
      feed(mutated(Array(statement.utf8), &random, pieces), &schemas[at])
      schemas[at].syntax = Self.syntaxes[at]
      if round % 500 < schemas.count {
        _ = schemas[at].finish()
        schemas[at] = DumpSchema(Self.syntaxes[at])
      }
    }
  }

  @Test func manyStatementsTakeSeconds() {
    var schema = DumpSchema(.postgres)
    let clock = ContinuousClock(), start = clock.now
    for i in 0..<10_000 {
      for sql in [
        "CREATE TABLE s.t\(i) (id integer NOT NULL, p integer)",
        "ALTER TABLE ONLY s.t\(i) ADD CONSTRAINT t\(i)_pkey PRIMARY KEY (id)",
        "ALTER TABLE ONLY s.t\(i) ADD CONSTRAINT f\(i) FOREIGN KEY (p) REFERENCES s.t\(i / 2)(id)",
        "COMMENT ON TABLE s.t\(i) IS 'x'",
      ] { _ = schema.add(Array(sql.utf8), at: i) }
    }
    let (tables, objects, findings) = schema.finish()
    #expect(tables.count == 10_000 && objects.count == 30_000 && findings.isEmpty)
    #expect(tables[9_999].foreignKeys[0].table == "s.t4999")
    #expect(clock.now - start < .seconds(60))
  }

  @Test func wideTablesTakeSeconds() {
    let clock = ContinuousClock(), start = clock.now
    let columns = (0...TableSchema.columnLimit).map { "c\($0) integer DEFAULT 1" }.joined(separator: ", ")
    var schema = load("CREATE TABLE t (\(columns)); CREATE TABLE u (a integer);")
    for i in 0..<1000 {
      _ = schema.add(Array("ALTER TABLE t ALTER COLUMN c\(i) SET NOT NULL, DROP COLUMN c\(i + 1000)".utf8), at: 0)
    }
    let (tables, _, findings) = schema.finish()
    #expect(tables.map(\.columns.count) == [TableSchema.columnLimit - 1000, 0])
    #expect(findings.map(\.code) == ["too-many-columns"] && findings[0].count == 2)
    let deep = String(repeating: "(", count: 200_000)
    _ = load("CREATE TABLE d (a int DEFAULT \(deep)); CREATE FUNCTION f\(deep)")
    _ = load("CREATE TABLE e (\(String(repeating: "a int CHECK (a > 0), ", count: 20_000)) b int)")
    #expect(clock.now - start < .seconds(60))
  }
}
