import BuiltIn
import Bytes
import Conversion
import Diagnostics
import Records
import SQLiteDatabaseSystem
import TestSupport
import Testing

/// Hostile databases of others, where the shared samples are there.
@Suite(.enabled(if: sharedSamples != nil)) struct HostileTests {
  private static let folder = (sharedSamples ?? "") + "/adversarial/dev"

  /// What comes of a file: findings, or the error.
  private func read(_ path: String, keepsRows: Bool) throws -> (codes: [String], error: ReadError?, rows: Int) {
    let place = try TemporaryDirectory()
    try writeFile(place.path + "/data.db", try readFile(path))
    do {
      let found = try DatabaseCase(place, open: "data.db", keepsRows: keepsRows)
      let knowledge = try found.survey()
      return (knowledge.findings.map(\.code), nil, try found.rows(knowledge).values.reduce(0) { $0 + $1.count })
    } catch let error as ReadError { return ([], error, 0) }
  }

  @Test func fuzzersFindsAreMet() throws {
    let folder = Self.folder + "/sqlite-hostile"
    var seen = 0, read = 0
    for name in try directoryNames(Array(folder.utf8)) {
      let result = try self.read(folder + "/" + String(decoding: name, as: UTF8.self), keepsRows: true)
      seen += 1
      if result.error == nil { read += 1 }
    }
    #expect(seen > 50 && read > 20)
  }

  @Test func ownAttacksAreMetAsExpected() throws {
    func result(_ name: String) throws -> (codes: [String], error: ReadError?, rows: Int) {
      try read(Self.folder + "/own-attacks/sqlite/\(name).db", keepsRows: false)
    }
    for name in ["gencol", "not-a-db"] { #expect(try result(name).error != nil, "\(name)") }
    for name in ["view-as-table", "trigger", "cte-bomb", "blob-bomb", "names", "without-rowid", "types", "bitflip"] {
      #expect(try result(name).error == nil, "\(name)")
    }
    #expect(try result("schema-lie").codes == ["schema-edited"])
    #expect(try result("fts-shadow").codes == ["unreadable-virtual-table"])
    #expect(try result("types").rows == 13)
  }

  /// Every table of a Django database has as many rows as sqlite3 counts.
  @Test func djangoDatabasesAreReadWhole() throws {
    let folder = (sharedSamples ?? "") + "/django/dev/generated"
    var seen = 0
    for version in try directoryNames(Array(folder.utf8)).map({ String(decoding: $0, as: UTF8.self) }) {
      let path = "\(folder)/\(version)/\(version).db.sqlite3"
      guard try fileStatus(Array(path.utf8)) != nil else { continue }
      let place = try TemporaryDirectory()
      try writeFile(place.path + "/data.db", try readFile(path))
      let found = try DatabaseCase(place, open: "data.db"), knowledge = try found.survey()
      for (name, rows) in try found.rows(knowledge) {
        let count = try run(["sqlite3", place.path + "/data.db", "SELECT count(*) FROM \"\(displayed(name))\""])
        #expect(count.text == "\(rows.count)\n", "\(version) \(displayed(name))")
        seen += 1
      }
    }
    #expect(seen > 20)
  }
}
