import Bytes
import Diagnostics
import Records
import TestSupport
import Testing

@testable import SQLText

/// Options of COPY against a real server, which takes or refuses the same rows.
@Suite(.enabled(if: ThrowAwayPostgres.isAvailable, "PostgreSQL is not installed"), .serialized) struct CopyOptionTests {
  private static let server = try? ThrowAwayPostgres()
  /// Options of a COPY statement and its rows, of two columns.
  private static let taken: [(String, String)] = [
    ("", "1\t\\N\nx\\ty\t\n"), ("NULL ''", "\t\\N\na\t\n"), ("WITH NULL AS 'x' DELIMITER AS '|'", "x|xx\n\\x|\n"),
    ("WITH (NULL 'a\\b', DELIMITER ',')", "a\\b,ab\n\\a\\b,\\N\n"), ("(HEADER)", "b\ta\n1\t2\n"),
    ("WITH (HEADER off, FREEZE false)", "1\t2\n"), ("USING DELIMITERS '!' WITH NULL 'n'", "n!1\n"),
    ("CSV", "1,\n\"\",\"a\"\"b\"\n\"x\ny\",z\"w\"\n"), ("CSV HEADER", "\"a\nb\",x\n1,2\n"),
    ("(FORMAT csv, HEADER true)", "a,b\n1,2\n"), ("(FORMAT csv, HEADER match)", "a,b\n1,2\n"),
    ("(FORMAT 'csv', HEADER 0)", "a,b\n"), ("CSV NULL 'x'", "x,\"x\"\n,\"\"\n"),
    ("CSV NULL 'x' FORCE NOT NULL a", "x,x\n\"x\",\"x\"\n,\n"), ("CSV FORCE NOT NULL a, b", ",\n\"\",\"\"\n"),
    ("(FORMAT csv, FORCE_NULL (a, b))", ",\"\"\n\"\",x\n"),
    ("(FORMAT csv, FORCE_NOT_NULL (a), FORCE_NULL (b), NULL 'x')", "x,\"x\"\n\"x\",x\n"),
    ("(FORMAT csv, FORCE_NOT_NULL (\"a\"), FORCE_NULL (\"a\"), NULL 'x')", "x,1\n\"x\",2\n"),
    ("CSV FORCE NULL b FORCE NOT NULL a QUOTE ''''", ",''\n'',\n"),
    ("CSV QUOTE '''' ESCAPE '\\' DELIMITER ';'", "'a\\'b\\\\c\\d';e\\f\n'';''''\n"),
    ("(FORMAT csv, QUOTE E'\\x60', ESCAPE '''')", "`a'`b''c`,d\n"), ("(FORMAT csv, ENCODING 'UTF8')", "é,\"é\"\n"),
    ("(ENCODING 'utf-8')", "é\t\\303\\251\n"), ("(FORMAT csv, DELIMITER E'\\t')", "a\tb,c\n"),
    ("(FORMAT text)", "a\tb\n"), ("CSV DELIMITER '|' NULL AS '\\N'", "\\N|\"\\N\"\n"),
  ]
  private static let refused: [(String, String)] = [
    ("(FORMAT csv, QUOTE 'ab')", "1,2\n"), ("QUOTE '!'", "1\t2\n"), ("ESCAPE '!'", "1\t2\n"),
    ("DELIMITER 'a'", "1a2\n"),
    ("DELIMITER '\\'", "1\\2\n"), ("(FORMAT csv, DELIMITER '\"')", ""),
    ("(FORMAT csv, FORCE_QUOTE (a))", "1,2\n"),
    ("(FORMAT xml)", "1\t2\n"), ("(NONSENSE)", "1\t2\n"), ("(FORMAT csv, FORCE_NULL (zz))", "1,2\n"),
    ("(FORMAT csv, NULL 'a,b')", "1,2\n"), ("(FORMAT csv, NULL 'a\"b')", "1,2\n"), ("NULL E'a\\nb'", "1\t2\n"),
    ("(FORCE_NULL (a))", "1\t2\n"), ("(FORCE_NOT_NULL (a))", "1\t2\n"), ("(ENCODING 'nothing')", "1\t2\n"),
    ("DELIMITER E'\\n'", "1\t2\n"), ("(FORMAT csv, DELIMITER '')", "1,2\n"), ("CSV FORCE zz a", "1,2\n"),
    ("(FORMAT csv, ESCAPE '')", "1,2\n"),
  ]

  private func both(_ options: String, _ body: String) throws -> (server: String?, own: String?) {
    let server = try #require(Self.server)
    let script = "CREATE TABLE t (a text, b text);\nCOPY t (a, b) FROM stdin \(options);\n\(body)\\.\n"
    let result = try server.psql("BEGIN;\n\(script)COPY t TO stdout;\n")
    let read = FormatSuite(reads: DumpFormat()).read(Array(script.utf8))
    var own = ""
    for row in read.rows {
      own += row.map(field).joined(separator: "\t") + "\n"
    }
    return (result.exitCode == 0 ? result.text : nil, read.error == nil ? own : nil)
  }
  private func field(_ value: TestValue) -> String {
    guard case .text(let bytes) = value else { return value == nil ? "\\N" : "?" }
    let escapes: [UInt8: String] = [0x08: "\\b", 0x5C: "\\\\", 0x0A: "\\n", 0x09: "\\t"]
    return bytes.map { escapes[$0].map { Array($0.utf8) } ?? [$0] }.reduce(into: "") {
      $0.unicodeScalars.append(contentsOf: $1.map { Unicode.Scalar($0) })
    }
  }

  @Test(arguments: taken) func rowsAreThoseOfTheServer(_ options: String, _ body: String) throws {
    let (server, own) = try both(options, body)
    // The server's text as one character a byte, as `field` has it.
    let expected = server.map { $0.utf8.reduce(into: "") { $0.unicodeScalars.append(Unicode.Scalar($1)) } }
    #expect(expected != nil && own == expected)
  }
  @Test(arguments: refused) func whatTheServerRefusesIsRefused(_ options: String, _ body: String) throws {
    let (server, own) = try both(options, body)
    #expect(server == nil && own == nil)
  }

  /// What PostgreSQL 15 does not know yet.
  @Test func optionsOfNewerServers() {
    let some = rows("COPY t (a, b) FROM stdin (FORMAT csv, DEFAULT 'D', FORCE_NULL *);\nD,\"D\"\n\"\",\n\\.\n")
    #expect(some.rows == [[.missing, "D"], [nil, nil]] && some.error == nil)
    let none = rows("COPY t (a) FROM stdin (ON_ERROR ignore, LOG_VERBOSITY 'verbose', REJECT_LIMIT 5);\n1\n\\.\n")
    #expect(none.rows == [["1"]] && none.error == nil)
    let text = rows("COPY t (a) FROM stdin (DEFAULT 'D');\n1\n\\.\n")
    #expect(text.rows.isEmpty && text.error?.message.contains("'default'") == true)
    let filtered = rows("COPY t (a) FROM stdin (FORMAT text) WHERE a <> 'x';\n1\n\\.\n")
    #expect(filtered.rows == [["1"]] && filtered.findings.map(\.code) == ["copy-condition"])
  }

  @Test func encodingsOfTheirOwnAreRefused() {
    let other = rows("SET client_encoding = 'UTF8';\nCOPY t (a) FROM stdin (ENCODING 'LATIN1');\n1\n\\.\n")
    #expect(other.rows.isEmpty && other.error?.message.contains("'encoding'") == true)
    let same = rows("SET client_encoding = 'LATIN1';\nCOPY t (a) FROM stdin (ENCODING 'latin-1');\n1\n\\.\n")
    #expect(same.rows == [["1"]] && same.error == nil)
  }
}
