import Bytes
import Conversion
import Diagnostics
import Mapping
import Records
import TestSupport
import Testing

/// Hands out rows of tables, a batch at a time.
struct ListReader: RecordReader, ~Copyable {
  private let tables: [TestTable]
  private let capacity: Int
  private let externalAbove: Int
  private var table = -1
  private var row = 0

  init(_ tables: [TestTable], capacity: Int, externalAbove: Int = .max) {
    self.tables = tables
    self.capacity = capacity
    self.externalAbove = externalAbove
  }
  var findings: [Finding] { [] }
  mutating func nextTable() throws(ReadError) -> TableSchema? {
    table += 1
    row = 0
    return table < tables.count ? tables[table].schema : nil
  }
  mutating func read(into batch: inout RecordBatch) throws(ReadError) -> Bool {
    let end = min(row + capacity, tables[table].rows.count)
    do {
      batch = try RecordBatch(
        tables[table].rows[row..<end], columnCount: tables[table].schema.columns.count, externalAbove: externalAbove)
    } catch { throw ReadError(.empty) }
    batch.firstRecord = row
    defer { row = end }
    return end > row
  }
}

/// What a mapping makes of tables.
struct Mapped {
  var tables: [TestTable] = []
  var rules: [String] = []
  var losses: [Loss] = []
  var knowledge = Knowledge()

  init(
    _ mapping: Mapping, _ source: [TestTable], capacity: Int = 1000, externalAbove: Int = .max,
    _ change: (inout Knowledge) -> Void = { _ in }
  ) throws {
    var knowledge = Knowledge(tables: source.map(\.schema))
    change(&knowledge)
    let shapes = try NestedShapes(
      mapping, knowledge, from: ListReader(source, capacity: capacity, externalAbove: externalAbove))
    let plan = try MappingPlan(mapping, knowledge, shapes)
    self.knowledge = plan.knowledge
    let log = MappingLog(plan)
    var reader = MappedReader(ListReader(source, capacity: capacity, externalAbove: externalAbove), plan, log)
    var batch = RecordBatch(capacity: 64)
    while let schema = try reader.nextTable() {
      var table = TestTable(schema, [])
      while try reader.read(into: &batch) { table.rows += try batch.testRows() }
      tables.append(table)
    }
    rules = log.rules.map { "\($0.table.shown)\($0.column.map { "." + $0.shown } ?? ""): \($0.words) (\($0.count))" }
    losses = log.losses
  }
}

extension Name {
  var shown: String { displayed(self) }
}

extension Mapping {
  init(toml text: String) throws(MappingError) { try self.init(Array(text.utf8), path: Array("map.toml".utf8)) }
  init(casts: String...) throws(MappingError) {
    self.init()
    for cast in casts { try add(cast: Array(cast.utf8)) }
  }
}
