import Bytes
import Records
import TestSupport
import Testing
import TextSearch

@testable import RowIndex

@Suite struct ReferenceTests {
  static let files = TableSchema(
    "files",
    [Column("id", .int64), Column("name", .text), Column("body", .text), Column("key", .text, isSecret: true)],
    primaryKey: ["id"])

  private static func sha256(_ bytes: [UInt8]) throws -> [UInt8] {
    let place = try TemporaryDirectory(), path = place.path + "/value"
    try writeFile(path, bytes)
    let words = try run(["sha256sum", path]).text.prefix(32)
    return stride(from: 0, to: 32, by: 2).map { i in
      UInt8(words.dropFirst(i).prefix(2), radix: 16) ?? 0
    }
  }

  /// Large values stay in the backup: rows tell their length and digest, are found by it, and a change of one byte is a change.
  @Test(arguments: [true, false]) func largeValuesAreKeptByReference(_ isExternal: Bool) throws {
    let store = MemoryPageStore(), index = try RowIndex(store, lineage: 2)
    var large = [UInt8](repeating: 0x61, count: (1 << 20) + 5)
    large.replaceSubrange(500..<508, with: Array(" needle ".utf8))
    var changed = large
    changed[large.count - 1] = 0x62
    for (backup, body) in [(UInt64(1), large), (2, large), (3, changed)] {
      let registration = try index.register(backup, time: Int64(backup))
      let rows: [[TestValue]] = [
        [.integer(1), "one", .text(body), .text(large)], [.integer(2), "two", "small", nil],
      ]
      let batch = try RecordBatch(rows[...], columnCount: 4, externalAbove: isExternal ? 1000 : .max)
      try registration.add(batch, of: Self.files)
      try registration.finish()
      #expect(registration.newCount == [2, 0, 1][Int(backup) - 1])
    }
    let changes = try index.differences(from: 1, to: 3)
    #expect(changes.count == 1 && changes[0].old != nil && changes[0].new != nil)
    #expect(try index.differences(from: 1, to: 2).isEmpty)
    let versions = try index.history(of: "files", key: [[0x31]])
    #expect(versions.map(\.backups) == [[1, 2], [3]])
    for (version, body) in zip(versions, [large, changed]) {
      let digest = try Self.sha256(body), references = try index.references(of: version.version)
      // The other is a secret, and without a key nothing is known of it.
      #expect(references.count == 1 && references[2]?.digest == digest && references[2]?.kind == .text)
      #expect(references[2]?.byteCount == UInt64(body.count))
      #expect(try index.versions(referringTo: digest) == [version])
      var row = RecordBatch(capacity: 64)
      row.removeAll(columnCount: 4)
      try index.append(version.version, to: &row)
      #expect(try row.testRows() == [[.integer(1), "one", .missing, .missing]])
    }
    let small = try index.history(of: "files", key: [[0x32]])[0].version
    #expect(try index.references(of: small).isEmpty)
    #expect(try index.versions(referringTo: [UInt8](repeating: 0, count: 16)).isEmpty)
    let needle = RowQuery(try SearchPlan([.words(Array("needle".utf8))]))
    #expect(try index.search(needle).hits.isEmpty)
    #expect(store.byteCounts.values.reduce(0, +) < 20_000)
    // They are found as before when everything was made again, and not after they were erased.
    let digest = try Self.sha256(large)
    try index.rebuildSegments()
    #expect(try index.versions(referringTo: digest) == [versions[0]])
    #expect(try index.erase("files", key: [[0x31]]) == 2)
    #expect(try index.versions(referringTo: digest).isEmpty && index.references(of: versions[0].version).isEmpty)
  }
}
