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

/// Statements against those that psql sends to a stand-in that runs none of them, and against what a real server says that is only
/// let parse them, for a role without rights.
@Suite(.enabled(if: psql != nil, "psql is not installed"), .serialized) struct PsqlStatementTests {
  private static let server: ThrowAwayPostgres? = {
    guard ThrowAwayPostgres.isAvailable, let server = try? ThrowAwayPostgres() else { return nil }
    return (try? server.psql("CREATE ROLE nobody LOGIN; CREATE DATABASE empty;"))?.exitCode == 0 ? server : nil
  }()

  private func compare(_ path: String, hasCommands: Bool = false) throws {
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
    let sent = distinct(expected.map { trimmed($0.last == UInt8(ascii: ";") ? $0.dropLast() : $0[...]) })
    let cut = distinct(found.map { trimmed($0[...]) })
    #expect(cut.count == sent.count)
    let isSame = { (a: [UInt8], b: [UInt8]) in a == b || hasCommands && words(a) == words(b) }
    if let i = zip(cut, sent).enumerated().first(where: { !isSame($0.element.0, $0.element.1) })?.offset {
      Issue.record("\(path), statement \(i):\n\(text(cut[i]))\n--- psql:\n\(text(sent[i]))")
    }
    try parse(cut, as: sent)
  }
  private func trimmed(_ statement: ArraySlice<UInt8>) -> [UInt8] {
    Array(statement.drop { $0 <= 0x20 }.reversed().drop { $0 <= 0x20 }.reversed())
  }
  /// The statements that are not empty; one that is sent again at once, as a bare `\g` does, stands there once.
  private func distinct(_ statements: [[UInt8]]) -> [[UInt8]] {
    statements.reduce(into: []) { if !$1.isEmpty, $0.last != $1 { $0.append($1) } }
  }
  /// The statement with white space made one blank, for it shows where commands stood in its midst.
  private func words(_ statement: [UInt8]) -> [UInt8] {
    Array(statement.split { $0 <= 0x20 }.joined(separator: [0x20]))
  }

  /// What the server says to each statement is what it says to what psql sends; each is one statement for it, and two are two.
  private func parse(_ cut: [[UInt8]], as sent: [[UInt8]]) throws {
    guard let server = Self.server else { return }
    func answers(_ statements: [[UInt8]]) throws -> [String] {
      let result = try run(
        ["python3", packageRoot + "/Tests/oracles/parse.py", server.place, "nobody", "empty"],
        input: Array(statements.map { $0 + [0] }.joined()))
      #expect(result.exitCode == 0, "\(result.errorText)")
      return result.text.split(separator: "\n").map { String($0) }
    }
    let several = "42601 cannot insert multiple commands into a prepared statement"
    let single = try answers(cut), same = try answers(sent)
    #expect(single.count == cut.count && single == same)
    for (statement, answer) in zip(cut, single) where answer == several {
      Issue.record("several statements for the server: \(text(statement))")
    }
    // Two are parsed without what settings the script makes in between.
    guard !cut.contains(where: { text($0).contains("standard_conforming_strings") }) else { return }
    let isWhole = single.map { !$0.hasPrefix("42601") }
    let pairs = cut.indices.dropLast().filter { isWhole[$0] && isWhole[$0 + 1] }
    let joined = try answers(pairs.map { cut[$0] + Array(";\n".utf8) + cut[$0 + 1] })
    for (i, answer) in zip(pairs, joined) where ![several, single[i], single[i + 1]].contains(answer) {
      Issue.record("\(answer) for two statements: \(text(cut[i])); \(text(cut[i + 1]))")
    }
    #expect(!joined.isEmpty)
  }

  private static let scripts: [String] = {
    guard let sharedSamples else { return [] }
    let names = (try? directoryNames(Array((sharedSamples + "/adversarial/dev/sql-pg-regress").utf8))) ?? []
    return names.map { String(decoding: $0, as: UTF8.self) }.sorted()
  }()
  @Test(.enabled(if: sharedSamples != nil, "the shared samples are not beside this checkout"), arguments: scripts)
  func regressionScripts(_ name: String) throws {
    try compare(
      try #require(sharedSamples) + "/adversarial/dev/sql-pg-regress/" + name,
      hasCommands: name == "psql.sql")
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
