import Bytes
import SQLText
import TestSupport
import Testing

private let psql: String? = {
  let places = ((try? directoryNames(Array("/usr/lib/postgresql".utf8))) ?? []).map {
    "/usr/lib/postgresql/" + String(decoding: $0, as: UTF8.self) + "/bin/psql"
  }
  return places.last { (try? fileStatus(Array($0.utf8))) != nil }
}()

/// Statements against those that psql sends. The server is a stand-in that runs none of them.
@Suite(.enabled(if: psql != nil, "psql is not installed")) struct PsqlStatementTests {
  private func compare(_ path: String) throws {
    let oracle = packageRoot + "/Tests/oracles/psql.py"
    let result = try run(["python3", oracle, try #require(psql), path])
    let parts = result.output.split(separator: 0, omittingEmptySubsequences: false).map { Array($0) }
    let script = try #require(parts.first), expected = parts.dropFirst().dropLast()
    #expect(result.exitCode == 0 && !expected.isEmpty, "\(result.errorText)")
    var found: [[UInt8]] = [], schema = DumpSchema(.postgres)
    forEachStatement(script, &schema) { statement, offset, schema in
      found.append(statement)
      _ = schema.add(statement, at: offset)
    }
    // psql sends the semicolon too; what stands before a command of its own ends with white space.
    let sent = expected.map { trimmed($0.last == UInt8(ascii: ";") ? $0.dropLast() : $0[...]) }
      .filter { !$0.isEmpty }
    let cut = found.map { trimmed($0[...]) }.filter { !$0.isEmpty }
    #expect(cut.count == sent.count)
    if let i = zip(cut, sent).enumerated().first(where: { $0.element.0 != $0.element.1 })?.offset {
      Issue.record("\(path), statement \(i):\n\(text(cut[i]))\n--- psql:\n\(text(sent[i]))")
    }
  }
  private func trimmed(_ statement: ArraySlice<UInt8>) -> [UInt8] {
    Array(statement.reversed().drop { $0 <= 0x20 }.reversed())
  }

  private static let scripts: [String] = {
    guard let sharedSamples else { return [] }
    let names = (try? directoryNames(Array((sharedSamples + "/adversarial/dev/sql-pg-regress").utf8))) ?? []
    // Scripts with psql's own commands in the middle of statements, and with rows behind a line of several statements.
    return names.map { String(decoding: $0, as: UTF8.self) }.filter { !["copyselect.sql", "psql.sql"].contains($0) }
      .sorted()
  }()
  @Test(.enabled(if: sharedSamples != nil, "the shared samples are not beside this checkout"), arguments: scripts)
  func regressionScripts(_ name: String) throws {
    try compare(try #require(sharedSamples) + "/adversarial/dev/sql-pg-regress/" + name)
  }

  @Test func everyKindOfQuoting() throws {
    let place = try TemporaryDirectory()
    let script = #"""
      -- a comment; before
      SELECT 1 /* nested /* ; */ ; */ AS a, $$;$$, $t$ $$ ; $u$ $t$, a$b$c FROM x; SELECT 2;;
      SELECT ';', E'\';', U&'\003b', U&"d;\0041", "a;""b", e'a'';', b'0;', x'1;', n';', N'a'';' ;
      SELECT 'a'
        -- no end ;
        'b;', 1-- c;
        , 2;
      CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2);
      CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END;
      CREATE OR REPLACE PROCEDURE s.p(a int) LANGUAGE SQL BEGIN ATOMIC; INSERT INTO t VALUES (1); END; SELECT 3;
      CREATE FUNCTION begin_atomic() RETURNS text AS 'BEGIN ATOMIC; END' LANGUAGE sql; SELECT 4;
      COPY t FROM stdin;
      a;b\#t'
      \.
      copy "t x" (a, b) from STDIN with (format csv); -- behind; it
      1,2
      \.
      INSERT INTO t VALUES (1)\; INSERT INTO t VALUES (2) \; SELECT 5;
      SET standard_conforming_strings = off;
      SELECT 'a\';', 'b\\'; SELECT E'c\\';
      SET standard_conforming_strings = on;
      SELECT 'a\'; SELECT $a;
      SELECT $1$;$1, 1$2, $ä$;$ä$;
      SELECT [1;
      SELECT (1;2), 3;
      SELECT ')'; select "select"; END; SELECT 6
      """#
    try writeFile(place.path + "/script.sql", Array(script.utf8))
    try compare(place.path + "/script.sql")
  }
}
