import Bytes
import Conversion
import Diagnostics
import Glibc
import Records
import Synchronization
import Testing

/// Yields rows `0..<count` of one table in small batches, then an error if there is one.
private struct CountingReader: RecordReader, ~Copyable {
  let count: Int
  let error: ReadError?
  var next = 0
  var isBegun = false
  var findings: [Finding] { [Finding("seen", .info, "rows were counted", count: next)] }

  init(_ count: Int, error: ReadError? = nil) {
    self.count = count
    self.error = error
  }
  mutating func nextTable() throws(ReadError) -> TableSchema? {
    if isBegun { return nil }
    isBegun = true
    return TableSchema("t", [Column("n", .int64), Column("s", .text, isSecret: true)])
  }
  mutating func read(into batch: inout RecordBatch) throws(ReadError) -> Bool {
    batch.removeAll(columnCount: 2)
    while next < count && batch.rowCount < 100 {
      let text = batch.text("row \(next)")
      batch.append(row: [.integer(Int64(next)), text])
      next += 1
    }
    if batch.rowCount > 0 { return true }
    if let error { throw error }
    return false
  }
}

/// Where a `ListWriter` leaves what it got.
private final class Written: @unchecked Sendable {  // read after the pump has ended
  var rows: [String] = []
  var tables: [Name] = []
  var isFinished = false
}

private struct ListWriter: RecordWriter, ~Copyable {
  let written: Written
  var failsAfter = Int.max
  var losses: [Loss] { [Loss("sample", "something", table: "t")] }
  mutating func begin(_ table: TableSchema) throws(WriteError) { written.tables.append(table.name) }
  mutating func write(_ batch: borrowing RecordBatch) throws(WriteError) {
    for row in 0..<batch.rowCount {
      if written.rows.count >= failsAfter { throw WriteError(.target("full")) }
      written.rows.append(
        (0..<batch.columnCount).map { column in
          let cell = batch[row, column]
          return cell.kind == .integer
            ? "\(cell.integer)" : String(decoding: Array(batch.bytes(of: cell)), as: UTF8.self)
        }.joined(separator: "|"))
    }
  }
  mutating func finish() throws(WriteError) { written.isFinished = true }
}

@Suite struct PumpTests {
  private let written = Written()

  @Test func movesEveryRowInOrder() throws {
    var writer: any RecordWriter & ~Copyable = ListWriter(written: written)
    var pump = Pump()
    try pump.run(from: CountingReader(12_345), to: &writer)
    #expect(written.rows.count == 12_345 && written.rows.first == "0|row 0" && written.rows.last == "12344|row 12344")
    #expect(written.isFinished)
    #expect(pump.tables.map(\.records) == [12_345])
    #expect(pump.losses.count == 1)
    #expect(pump.findings.map(\.count) == [12_345])
  }
  @Test func aReadErrorLeavesTheWriterUnfinished() {
    var writer: any RecordWriter & ~Copyable = ListWriter(written: written)
    var pump = Pump()
    #expect(throws: PumpError.self) {
      try pump.run(from: CountingReader(250, error: ReadError(.truncated, offset: 9)), to: &writer)
    }
    #expect(!written.isFinished)
  }
  @Test func rowsBeforeAnErrorCanBeKept() throws {
    var writer: any RecordWriter & ~Copyable = ListWriter(written: written)
    var pump = Pump(keepsRowsBeforeError: true)
    try pump.run(from: CountingReader(250, error: ReadError(.truncated, offset: 9)), to: &writer)
    #expect(written.isFinished && written.rows.count == 250)
    #expect(pump.readError == ReadError(.truncated, offset: 9))
  }
  @Test func aWriteErrorStopsTheReader() {
    var writer: any RecordWriter & ~Copyable = ListWriter(written: written, failsAfter: 150)
    var pump = Pump()
    do throws(PumpError) {
      try pump.run(from: CountingReader(10_000_000), to: &writer)
      Issue.record("no error")
    } catch {
      guard case .write(let error) = error else {
        Issue.record("not a write error")
        return
      }
      #expect(error == WriteError(.target("full")))
    }
    #expect(!written.isFinished && written.rows.count == 150)
  }
  @Test func transformsApply() throws {
    var writer: any RecordWriter & ~Copyable = ListWriter(written: written)
    var pump = Pump()
    try pump.run(from: CountingReader(3), through: [DropSecond()], to: &writer)
    #expect(written.rows == ["0", "1", "2"])
  }
  @Test func aTableCanBeLeftOut() throws {
    var writer: any RecordWriter & ~Copyable = ListWriter(written: written)
    var pump = Pump()
    try pump.run(from: CountingReader(300), through: [LeaveOut()], to: &writer)
    #expect(written.rows.isEmpty && written.tables.isEmpty && written.isFinished && pump.tables.isEmpty)
  }
}

private struct DropSecond: Transform {
  mutating func begin(_ table: inout TableSchema) throws(TransformError) -> Bool {
    table.columns.removeLast()
    return true
  }
  mutating func apply(to batch: inout RecordBatch) throws(TransformError) {
    batch.cells = (0..<batch.rowCount).map { batch[$0, 0] }
    batch.columnCount = 1
  }
}

private struct LeaveOut: Transform {
  mutating func begin(_ table: inout TableSchema) throws(TransformError) -> Bool { false }
  mutating func apply(to batch: inout RecordBatch) throws(TransformError) {}
}

/// Notes the numbers of the rows it was given.
private final class NotingAssistant: BatchAssistant {
  private let state = Mutex<[Int64]>([])
  var numbers: [Int64] { state.withLock { $0 } }
  func take(_ batch: borrowing RecordBatch, of table: TableSchema) throws(IOError) {
    for row in 0..<batch.rowCount {
      let number = batch[row, 0].integer
      state.withLock { $0.append(number) }
    }
  }
}

@Suite struct ReadAheadTests {
  /// Every row goes to the taker or to the assistant, which helps when the taker is behind.
  @Test func theAssistantTakesWhatIsLeft() {
    let assistant = NotingAssistant()
    let ahead = ReadAhead.start(CountingReader(5_000), assistant: assistant)
    var numbers: [Int64] = []
    while let item = ahead.next() {
      guard case .rows(let box) = item else { continue }
      for row in 0..<box.batch.rowCount { numbers.append(box.batch[row, 0].integer) }
      // The taker holds its first batch until the reading is nearly over.
      while numbers.count == 100 && assistant.numbers.count < 4_500 { sched_yield() }
      ahead.recycle(box)
    }
    #expect(ahead.finish().failure == nil)
    #expect((numbers + assistant.numbers).sorted() == Array(0..<5_000))
    #expect(assistant.numbers.count > 4_000)
  }
}
