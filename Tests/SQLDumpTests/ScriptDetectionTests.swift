import BuiltIn
import Bytes
import Conversion
import TestSupport
import Testing

/// Which files are scripts, and whose SQL they are in.
@Suite struct ScriptDetectionTests {
  private func system(_ name: String, _ text: String) throws -> String {
    let place = try TemporaryDirectory()
    try writeFile(place.path + "/" + name, Array(text.utf8))
    let container = try BuiltIn.recogniser.open(place.file(name))
    return try BuiltIn.recogniser.recognise(container).backups.map(\.system).joined(separator: " ")
  }

  /// Statements that stand in values, or in a text about them, make no script.
  @Test func quotedStatementsAreValues() throws {
    let text = "id,note\n1,\"a\nINSERT INTO t VALUES (1);\nCREATE TABLE t (a integer);\n\"\n"
    #expect(try system("notes.csv", text) == "generic")
    #expect(try system("notes.csv.old.tsv", text.replacing(",", with: "\t")) == "generic")
    #expect(try system("notes.sql", text) == "postgres")
    #expect(try system("notes", text) == "postgres")
  }

  @Test func linesThatOnlySQLiteHas() throws {
    let table = "CREATE TABLE \"t\" (\n  \"id\" INTEGER\n)"
    #expect(try system("a.sql", "PRAGMA foreign_keys=OFF;\nBEGIN;\n\(table);\n") == "sqlite-dump")
    #expect(try system("a.sql", "\(table) STRICT;\n") == "sqlite-dump")
    #expect(try system("a.sql", "\(table) WITHOUT ROWID;\n") == "sqlite-dump")
    #expect(try system("a.sql", "\(table);\n") == "postgres")
  }
}
