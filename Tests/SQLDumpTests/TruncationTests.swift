import Bytes
import Conversion
import Diagnostics
import Records
import TestSupport
import Testing

/// A dump that is cut off keeps its whole rows, invents none, and says where the hole is.
@Suite struct TruncationTests {
  /// Three dumps of made-up projects, two plain and an archive.
  static let dumps: [String] = {
    let fixtures = packageRoot + "/Tests/Fixtures/supabase/"
    let folder =
      fixtures + "tidewatch/supabase_backups/comprehensive_backup_20251012_101500/complete_database_with_data"
    return [folder + ".sql", folder + ".dump", fixtures + "millwork/backups/millwork_data_backup_20250902_152354.sql"]
  }()

  @Test(arguments: dumps) func everyCutKeepsWholeRows(_ path: String) throws {
    let place = try TemporaryDirectory()
    let bytes = try readFile(path)
    let copy = place.path + "/whole"
    try writeFile(copy, bytes)
    let whole = try DumpRows(copy)
    let hasRows = whole.rows.values.contains { !$0.isEmpty }
    #expect(whole.error == nil && hasRows)
    var random = SplitMix(state: 1)
    for _ in 0..<334 {
      let cut = Int.random(in: 0..<bytes.count, using: &random)
      try writeFile(place.path + "/cut", Array(bytes[..<cut]))
      let part: DumpRows
      do { part = try DumpRows(place.path + "/cut") } catch { continue }
      var isShort = false
      for (table, rows) in part.rows {
        let truth = whole.rows[table] ?? []
        // Rows come in the order of the dump, and none that is not in it.
        #expect(rows.elementsEqual(truth.prefix(rows.count)), "\(table) cut at \(cut)")
        isShort = isShort || rows.count < truth.count
      }
      isShort = isShort || whole.rows.contains { !$0.value.isEmpty && part.rows[$0.key] == nil }
      #expect(!isShort || part.isNamed, "cut at \(cut)")
    }
  }
}

/// Hashes of all rows of a dump, table by table, in order.
private struct DumpRows {
  var rows: [Name: [Hash128]] = [:]
  var error: ReadError?
  /// Whether something says that the dump is not whole.
  var isNamed = false

  init(_ path: String) throws {
    let run = try DumpRun(path, salvage: true) { table, hashes in rows[table, default: []] += hashes }
    error = run.error
    let codes = ["unreadable", "no-end-mark", "truncated"]
    isNamed =
      run.error != nil || run.knowledge.findings.contains { f in f.severity >= .error || codes.contains(f.code) }
  }
}
