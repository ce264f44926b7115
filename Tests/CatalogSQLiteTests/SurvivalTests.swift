import Bytes
import CatalogConformance
import CatalogModel
import CatalogSQLite
import CatalogStore
import RowIndex
import TestSupport
import Testing

/// The program that the tests kill, starve and run side by side; it is built beside them.
let probe: String = {
  let path = (try? realPath(Array("/proc/self/exe".utf8))) ?? []
  return String(decoding: path.directoryPath.appending(path: Array("CatalogProbe".utf8)), as: UTF8.self)
}()

/// Numbers that the probe says are durable.
func acknowledged(_ result: ProcessResult) -> [Int] {
  result.text.split(separator: "\n").compactMap { $0.hasPrefix("ack ") ? Int($0.dropFirst(4)) : nil }
}

/// Checks that the catalog is sound, holds all that was acknowledged, and nothing by half. Returns what it holds.
@discardableResult
func expectWhole(_ path: [UInt8], _ acknowledged: Set<Int>) throws -> Set<Int> {
  let store = try SQLiteCatalog.open(path)
  let backups = try store.read { (tx) throws(CatalogError) in try tx.backups(BackupQuery()) }
  let held = Set(backups.compactMap { $0.label.flatMap { Int(String(decoding: $0, as: UTF8.self)) } })
  #expect(held.count == backups.count)
  #expect(acknowledged.subtracting(held).isEmpty)
  for backup in backups {
    #expect(backup.counts.tables == 2 && backup.counts.records == 300)
  }
  for number in held.sorted().suffix(3) {
    #expect(try store.search("backup\(number)") { $0.limit = nil }.hits.count == 300)
  }
  let rows = try store.read { (tx) throws(CatalogError) -> Int in
    var rows = 0
    for lineage in try tx.lineages() { rows += (try? tx.rowIndex(of: lineage.key).liveRows().count) ?? -1 }
    return rows
  }
  #expect(rows == held.count * 300)
  #expect(try sqlite(path, "PRAGMA integrity_check; PRAGMA foreign_key_check") == "ok\n")
  let pages = Array(path.dropLast(3)) + Array(".pages.db".utf8)
  if !held.isEmpty { #expect(try sqlite(pages, "PRAGMA integrity_check") == "ok\n") }
  return held
}

@Suite(.serialized) struct SurvivalTests {
  /// Milliseconds that grow unevenly, so that kills fall everywhere.
  static let moments = (0..<25).map { 8 + ($0 * 37 + $0 * $0 * 11) % 260 }

  @Test func killedAtAnyMomentNothingAcknowledgedIsLost() throws {
    let place = try TemporaryDirectory()
    let path = place.file("catalog.db")
    var all = Set<Int>()
    var kills = 0
    for (round, moment) in Self.moments.enumerated() {
      let text = String(moment)
      let seconds = "0." + String(repeating: "0", count: 3 - text.count) + text
      let result = try run([
        "timeout", "-s", "KILL", seconds, probe, "write", String(decoding: path, as: UTF8.self), "\(round * 1000)",
        "500",
      ])
      if result.exitCode == 137 { kills += 1 }
      all.formUnion(acknowledged(result))
      guard let status = try fileStatus(path), status.byteCount > 0 else { continue }
      try expectWhole(path, all)
    }
    #expect(kills > Self.moments.count / 2)
    #expect(!all.isEmpty)
  }

  @Test func writersSideBySideLoseNothing() throws {
    let place = try TemporaryDirectory()
    let path = String(decoding: place.file("new/catalog.db"), as: UTF8.self)
    let writers = (0..<4).map { "\"$0\" write \"$1\" \($0 * 100) 12 & " }.joined()
    let result = try run(["sh", "-c", writers + "wait", probe, path])
    #expect(Set(acknowledged(result)).count == 48, "\(result.text)")
    #expect(try expectWhole(Array(path.utf8), Set(acknowledged(result))).count == 48)
  }

  @Test(arguments: [1_000, 20_000, 60_000, 100_000, 150_000, 180_000, 200_000, 230_000, 260_000, 300_000, 330_000])
  func aFullDiskIsAnErrorAndChangesNothing(_ limit: Int) throws {
    let place = try TemporaryDirectory()
    let path = place.file("catalog.db")
    let text = String(decoding: path, as: UTF8.self)
    let result = try run([probe, "limited", text, "0", "40", "\(limit)"])
    #expect(result.exitCode == 1)
    #expect(result.text.contains("error "))
    let kept = acknowledged(result)
    #expect(kept.count < 40)
    if !kept.isEmpty { #expect(try expectWhole(path, Set(kept)).count == kept.count) }
    let after = try run([probe, "write", text, "100", "2"])
    #expect(acknowledged(after) == [100, 101])
    try expectWhole(path, Set(kept + [100, 101]))
  }
}
