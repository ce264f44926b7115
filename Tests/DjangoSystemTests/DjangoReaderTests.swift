import Bytes
import Diagnostics
import Records
import Testing

@testable import DjangoSystem

/// Hands out runs made by hand.
struct ScriptedReader: RecordReader, ~Copyable {
  /// Table and rows of each run; numbers and JSON by their texts.
  let runs: [(table: Name, rows: [[(Cell.Kind, String)]])]
  var error: ReadError?
  var at = -1
  var isDelivered = false
  var findings: [Finding] { [] }

  init(_ runs: [(table: Name, rows: [[(Cell.Kind, String)]])], error: ReadError? = nil) {
    self.runs = runs
    self.error = error
  }
  mutating func nextTable() throws(ReadError) -> TableSchema? {
    at += 1
    isDelivered = false
    guard at < runs.count else {
      if let error { throw error }
      return nil
    }
    return TableSchema(runs[at].table, [])
  }
  mutating func read(into batch: inout RecordBatch) throws(ReadError) -> Bool {
    let rows = isDelivered ? [] : runs[at].rows
    batch.removeAll(columnCount: rows.first?.count ?? 0)
    isDelivered = true
    for row in rows {
      batch.append(row: row.map { batch.cell($0.0, Array($0.1.utf8).span) })
    }
    return !rows.isEmpty
  }
}

@Suite struct DjangoReaderTests {
  /// Books with a list of tags in the second column.
  private func plan() -> DjangoPlan {
    var plan = DjangoPlan()
    let book = TableSchema("book", [Column("id", .int64), Column("title", .text)])
    var table = TablePlan(
      schema: book, steps: [.keep, .join(0, natural: nil, asText: false), .keep], keyColumn: 0)
    table.firstNewKey = 1
    plan.tables = [table, TablePlan(schema: TableSchema("plain", [Column("a", .text)]), steps: [.keep])]
    plan.byName = ["raw.book": 0, "raw.plain": 1]
    plan.joins = [TableSchema("book_tags", [Column("book_id", .int64), Column("tag_id", .int64)])]
    return plan
  }

  private func drain(_ reader: inout DjangoReader) throws -> [(Name, Int)] {
    var runs: [(Name, Int)] = [], batch = RecordBatch()
    while let table = try reader.nextTable() {
      var rows = 0
      while try reader.read(into: &batch) {
        #expect(batch.columnCount == table.columns.count)
        rows += batch.rowCount
      }
      #expect(batch.rowCount == 0)
      runs.append((table.name, rows))
    }
    return runs
  }

  @Test func joinRowsFollowTheirParents() throws {
    let book: [(Cell.Kind, String)] = [(.number, "1"), (.json, "[4, 5]"), (.text, "T")]
    var reader = DjangoReader(
      ScriptedReader([("raw.book", [book]), ("raw.plain", [[(.text, "x")]]), ("raw.book", [book])]), plan())
    let runs = try drain(&reader)
    #expect(runs.map(\.0) == ["book", "plain", "book", "book_tags"])
    #expect(runs.map(\.1) == [1, 1, 1, 4])
  }

  /// When join rows take too much room, the run of their parents is interrupted and goes on.
  @Test func manyJoinRowsInterruptTheRun() throws {
    let list = "[" + (1...30_000).map(String.init).joined(separator: ",") + "]"
    let book: [(Cell.Kind, String)] = [(.number, "1"), (.json, list), (.text, "T")]
    let other: [(Cell.Kind, String)] = [(.number, "2"), (.json, "[7]"), (.text, "T")]
    var reader = DjangoReader(ScriptedReader([("raw.book", [book, book]), ("raw.book", [other])]), plan())
    let runs = try drain(&reader)
    #expect(runs.map(\.0) == ["book", "book_tags", "book", "book", "book_tags"])
    #expect(runs.map(\.1) == [2, 60_000, 0, 1, 1])
  }

  @Test func joinRowsComeBeforeTheError() throws {
    let book: [(Cell.Kind, String)] = [(.number, "1"), (.json, "[4]"), (.text, "T")]
    var reader = DjangoReader(ScriptedReader([("raw.book", [book])], error: ReadError(.truncated, offset: 9)), plan())
    var batch = RecordBatch()
    #expect(try reader.nextTable()?.name == "book")
    #expect(try reader.read(into: &batch))
    #expect(try !reader.read(into: &batch))
    #expect(try reader.nextTable()?.name == "book_tags")
    #expect(try reader.read(into: &batch))
    #expect(try !reader.read(into: &batch))
    for _ in 0..<2 {
      #expect(throws: ReadError(.truncated, offset: 9, artifact: [])) { try reader.nextTable() }
    }
  }

  @Test func runsThatAreNoTablesArePassedOver() throws {
    var reader = DjangoReader(ScriptedReader([("", [[(.text, "x")]]), ("raw.plain", [[(.text, "x")]])]), plan())
    #expect(try drain(&reader).map(\.0) == ["plain"])
  }
}
