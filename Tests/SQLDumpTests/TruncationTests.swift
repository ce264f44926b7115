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

  /// Cuts of each dump.
  private static let cutCount = 1_000

  @Test(.enabled(if: ThrowAwayPostgres.isAvailable, "the oracle needs pg_restore"), arguments: dumps)
  func everyCutKeepsWholeRows(_ path: String) throws { try cut(path, shortAtLeast: 30) }

  /// An archive that is rows for the most part.
  @Test(.enabled(if: ThrowAwayPostgres.isAvailable, "needs PostgreSQL")) func everyCutOfRowsKeepsWholeOnes() throws {
    let server = try ThrowAwayPostgres(), place = try TemporaryDirectory()
    let made = try server.psql(
      """
      CREATE TABLE a (id integer, t text); CREATE TABLE b (id integer, t text); CREATE TABLE c (id integer);
      INSERT INTO a SELECT i, md5(i::text) || E'\\n\\\\' FROM generate_series(1, 1200) i;
      INSERT INTO b SELECT i, repeat(md5(i::text), i % 9) FROM generate_series(1, 500) i; INSERT INTO c VALUES (1), (NULL);
      """)
    try #require(made.exitCode == 0, "\(made.errorText)")
    let dumped = try server.dump(["-Fc", "--file", place.path + "/made.dump"])
    try #require(dumped.exitCode == 0, "\(dumped.errorText)")
    try cut(place.path + "/made.dump", shortAtLeast: 900)
  }

  private func cut(_ path: String, shortAtLeast least: Int) throws {
    let place = try TemporaryDirectory()
    let bytes = try readFile(path)
    let copy = place.path + "/whole"
    try writeFile(copy, bytes)
    let whole = try DumpRows(copy)
    let hasRows = whole.rows.values.contains { !$0.isEmpty }
    #expect(whole.error == nil && hasRows)
    var random = SplitMix(state: 1)
    let cuts = (0..<Self.cutCount).map { _ in Int.random(in: 0..<bytes.count, using: &random) }
    let counts = try Self.wholeRows(path, cuts + [bytes.count])
    #expect(counts[bytes.count]?.mapValues(\.upperBound).filter { $0.value > 0 } == whole.rows.mapValues(\.count))
    var shortCount = 0
    for cut in cuts {
      try writeFile(place.path + "/cut", Array(bytes[..<cut]))
      let expected = counts[cut] ?? [:]
      let part: DumpRows
      do { part = try DumpRows(place.path + "/cut") } catch {
        // Nothing is known of a dump whose head is cut off, and no row of it is lost by that.
        #expect(expected.values.allSatisfy { $0.upperBound == 0 }, "cut at \(cut): \(error)")
        continue
      }
      for (table, rows) in part.rows {
        // Rows come in the order of the dump, and none that is not in it.
        #expect(rows.elementsEqual((whole.rows[table] ?? []).prefix(rows.count)), "\(table) cut at \(cut)")
      }
      for (table, range) in expected {
        #expect(range.contains(part.rows[table]?.count ?? 0), "\(table) cut at \(cut): \(range)")
      }
      if whole.rows.contains(where: { $0.value.count > part.rows[$0.key]?.count ?? 0 }) {
        shortCount += 1
        #expect(part.isNamed, "cut at \(cut)")
      }
    }
    #expect(shortCount >= least)
  }

  /// What an independent reading says of rows that are whole in the beginnings of a dump.
  private static func wholeRows(_ path: String, _ cuts: [Int]) throws -> [Int: [Name: ClosedRange<Int>]] {
    let text = Array(cuts.map { "\($0)" }.joined(separator: "\n").utf8)
    let result = try run(["python3", packageRoot + "/Tests/oracles/cut.py", path], input: text)
    #expect(result.exitCode == 0, "\(result.errorText)")
    var counts: [Int: [Name: ClosedRange<Int>]] = [:]
    for line in result.text.split(separator: "\n") {
      let fields = line.split(separator: "\t")
      guard fields.count == 4, let cut = Int(fields[0]), let low = Int(fields[2]), let high = Int(fields[3]) else {
        Issue.record("\(line)")
        continue
      }
      counts[cut, default: [:]][Name(Array(fields[1].utf8))] = low...high
    }
    return counts
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
