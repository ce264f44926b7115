import Bytes
import Diagnostics
import Records
import TestSupport
import Testing

@testable import SQLText

/// Scripts with commands of psql where dumps have none: what psql would send is read, and nothing else.
@Suite struct PsqlScriptTests {
  @Test(arguments: [
    (
      "INSERT INTO t(a) VALUES ('1') \\g\nINSERT INTO t(a) VALUES ('2') \\gset x \\\\ INSERT INTO t(a) VALUES ('3');\n",
      "123"
    ),
    ("INSERT INTO t(a) VALUES ('1')\\; INSERT INTO t(a) VALUES ('2')\n\\g (format=csv) |cat \\\\ x\n", "12"),
    ("SELECT 1 \\r\nINSERT INTO t(a) VALUES ('1'); \\echo 'a \\' \\\\ b' \\\\ INSERT INTO t(a) VALUES ('2');\n", "12"),
    ("\\echo a \\echo b; \\\\ INSERT INTO t(a) VALUES ('1');\n\\unheard \\\\ INSERT INTO t(a) VALUES ('2');\n", "1"),
    ("\\! x \\\\ INSERT INTO t(a) VALUES ('1');\n\\o |x \\\\ INSERT INTO t(a) VALUES ('2');\n", ""),
    ("\\if true\nINSERT INTO t(a) VALUES ('1');\n\\else\nINSERT INTO t(a) VALUES ('2');\n\\endif\n", "1"),
    ("\\if off\nINSERT INTO t(a) VALUES ('1');\n\\elif y\nINSERT INTO t(a) VALUES ('2');\n\\else\nx;\n\\endif\n", "2"),
    (
      "\\if 0 \\\\ INSERT INTO t(a) VALUES ('1'); \\if 1 \\else \\endif x ( \\endif\nINSERT INTO t(a) VALUES ('2');\n",
      "2"
    ),
    ("\\if nothing\nCOPY t (a) FROM stdin;\n\\endif\nINSERT INTO t(a) VALUES ('2');\n", "2"),
    ("\\if :x\nINSERT INTO t(a) VALUES ('1');\n\\else\nINSERT INTO t(a) VALUES ('2');\n\\endif\n", "12"),
    ("COPY t (a) FROM stdin; INSERT INTO t(a) VALUES ('2'); INSERT INTO\n1\n\\.\nt(a) VALUES ('3');\n", "123"),
    ("COPY t (a) FROM stdin; COPY t (a) FROM stdin; /*\n1\n\\.\n2\n\\.\n*/ INSERT INTO t(a) VALUES ('3');\n", "123"),
    ("SELECT 0\\; COPY t (a) FROM stdin\\; COPY t (a) FROM stdin\\; SELECT\n1; -- x\n1\n\\.\n2\n\\.\n", "12"),
    ("COPY t (a) FROM stdin \\g\n1\n\\.\n\\copy t (a) from stdin\n2\n\\.\nSELECT\\\n1;", "12"),
  ]) func rowsThatPsqlWouldSend(_ script: String, _ expected: String) {
    let read = rows(script)
    let values = read.tables.flatMap(\.rows).map { row -> String in
      guard case .text(let bytes)? = row.first else { return "?" }
      return text(bytes)
    }
    #expect(values.joined() == expected && read.error == nil, "\(read)")
  }

  /// A statement around a command goes on behind it, and a branch that is not taken is no part of it.
  @Test func statementsAroundCommands() {
    let script = """
      CREATE TABLE a (x \\p
        integer, \\if true
        y integer \\else
        z integer) ; garbage ' ; \\endif
        ' \\endif
      );
      CREATE TABLE b \\if false \\\\ (c ; \\else \\\\ (d \\endif \\\\ text);
      """
    let (tables, _, _) = load(script).finish()
    #expect(tables.map { "\(text($0.name)) \(text($0.columns.map(\.name)))" } == ["a x,y", "b d"])
  }

  /// What stood behind a COPY statement moves no later offset, whatever the window.
  @Test func offsetsBehindRowsAreRight() {
    for count in 1..<60 {
      let lines = String(repeating: "1\n", count: count)
      let read = rows("COPY t (a) FROM stdin; SELECT 1;\n\(lines)\\.\nINSERT INTO t(a) VALUES ('1', '2');\n")
      #expect(read.rows.count == count && read.error?.offset == 60 + 2 * count)
    }
  }

  @Test func whatIsTooMuchIsRefused() {
    let lines = String(repeating: "COPY t (a) FROM stdin; ", count: 300)
    #expect(read(lines + "\n").error?.code == .tooLarge(what: "line behind COPY", limit: 4096))
    #expect(
      read(String(repeating: "COPY t (a) FROM stdin\\; ", count: 1100) + ";\n").error?.code
        == .tooMany(what: "COPY statements at once", limit: 1000))
    #expect(
      read(String(repeating: "\\if 1\n", count: 1100)).error?.code
        == .tooMany(what: "branches within each other", limit: 1000))
    let clock = ContinuousClock(), start = clock.now
    let many = read("SELECT " + String(repeating: "a \\p\n", count: 200_000) + ";")
    #expect(many.error != nil && clock.now - start < .seconds(30))
  }
  private func read(_ script: String) -> Transcript { FormatSuite(reads: DumpFormat()).read(Array(script.utf8)) }

  @Test func whereACommandEnds() {
    func parts(_ line: String) -> String {
      let bytes = Array(line.utf8), command = PsqlCommand(bytes)
      return "\(text(command.word))|\(text(Array(bytes[command.arguments])))|\(text(Array(bytes[command.end...])))"
    }
    #expect(parts("\\echo") == "echo||")
    #expect(parts("\\") == "||")
    #expect(parts("\\\\ x") == "|\\ x|")
    #expect(parts("\\echo 'a\\'b\\\\' \"c\\\\\" `d\\`\\\\e") == "echo| 'a\\'b\\\\' \"c\\\\\" `d\\`|e")
    #expect(parts("\\gset x\\g y") == "gset| x|\\g y")
    #expect(parts("\\dt+ a \\\\;") == "dt+| a |;")
    #expect(parts("\\g (a='|') |b \\\\ c") == "g| (a='|') |b \\\\ c|")
    #expect(parts("\\g a |b \\\\ c") == "g| a |b | c")
    #expect(parts("\\echo 'open \\\\ x") == "echo| 'open \\\\ x|")
    #expect(parts("\\sf+ a \\\\ b") == "sf+| a \\\\ b|")
  }
}
