import Bytes
import PostgresArchive
import TestSupport
import Testing

/// The tables of contents of all sample archives against the list that pg_restore makes of them; of versions that pg_restore 15 cannot
/// read, against that of an older archive of the same database.
@Suite(.enabled(if: samples != nil && ThrowAwayPostgres.isAvailable, "needs the shared samples and PostgreSQL"))
struct SampleListTests {
  /// Newer archives, and the one of pg_dump 15 that holds the same.
  private static func sibling(_ path: String) -> String? {
    for database in ["alltypes", "circular", "shop", "manylo"] where path.contains("/\(database).") {
      let form = database == "manylo" ? "fc" : "fc-z6"
      return path.hasPrefix("generated/") ? "generated/pg15/\(database).\(form).dump" : nil
    }
    return path.contains("/pgdumpx-") ? "real/pgdumpx-pg15-none-copy-basic.dump" : nil
  }

  /// Lines of pg_restore -l without its remarks; nil when it does not read the archive.
  private func list(_ path: String) throws -> [String]? {
    let result = try ThrowAwayPostgres.restore(["-l", samples! + path])
    guard result.exitCode == 0 else { return nil }
    return result.text.split(separator: "\n").filter { !$0.hasPrefix(";") }.map(String.init)
  }

  @Test(arguments: dumps) func listsWhatPgRestoreLists(_ path: String) throws {
    let archive = try openDump(samples! + path)
    if let expected = try list(path) {
      #expect(archive.entries.compactMap { Self.line($0) } == expected)
      #expect(!expected.isEmpty || archive.entries.count < 5)
      return
    }
    guard let sibling = Self.sibling(path), let older = try list(sibling) else {
      // A tar that macOS packed again: pg_restore refuses it, the script is the list that its maker left in it.
      #expect(path.hasSuffix("dvdrental.macos-repacked.tar"), "\(path)")
      #expect(
        archive.entries.count { $0.desc == "TABLE DATA" } == 15 && archive.entries.count { $0.desc == "TABLE" } == 15)
      return
    }
    // Numbers of entries are the writer's own, and the other databases were made on other servers.
    let isSameServer = path.hasPrefix("generated/")
    func common(_ lines: [String]) -> [String] {
      lines.map { line in
        let words = line.split(separator: " ")
        return words.dropFirst(isSameServer ? 1 : 3).joined(separator: " ")
      }.filter { !$0.contains("BLOB") && !$0.contains("LARGE OBJECT") && !$0.contains("STATISTICS DATA") }.sorted()
    }
    let (ours, theirs) = (common(archive.entries.compactMap { Self.line($0) }), common(older))
    #expect(Set(ours).symmetricDifference(theirs) == [])
    #expect(ours.count == theirs.count && !ours.isEmpty)
    // Large objects are grouped since 17; all of them are there.
    let singles = Set(
      older.filter { $0.contains(" BLOB - ") }.compactMap { $0.split(separator: " ").dropFirst(5).first })
    let found = archive.entries.flatMap { entry in
      switch entry.desc {
      case "BLOB": [String(decoding: entry.tag.bytes, as: UTF8.self)]
      case "BLOB METADATA": String(decoding: entry.defn, as: UTF8.self).split(separator: "\n").map(String.init)
      default: [String]()
      }
    }
    #expect(Set(found) == Set(singles.map(String.init)) && found.count == singles.count)
  }

  /// An entry as pg_restore lists it; nil when it does not.
  private static func line(_ entry: TOCEntry) -> String? {
    let hidden: Set<Name> = ["ENCODING", "STDSTRINGS", "SEARCHPATH", "DATABASE", "DATABASE PROPERTIES"]
    if hidden.contains(entry.desc) || entry.tag.hasPrefix("DATABASE ") { return nil }
    func text(_ name: Name?, _ other: String = "") -> String {
      let text = name.map { String(decoding: $0.bytes, as: UTF8.self) } ?? other
      return (text.isEmpty ? other : text).replacing("\n", with: " ").replacing("\r", with: " ")
    }
    return "\(entry.dumpId); \(entry.tableOID) \(entry.oid) \(text(entry.desc)) \(text(entry.namespace, "-"))"
      + " \(text(entry.tag)) \(text(entry.owner))"
  }
}
