internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// Reads the records of one CSV file, header first.
///
/// Rules beyond RFC 4180: CR, LF and CRLF end a record, also mixed. An empty line is skipped unless the table has one column,
/// where it is a record whose value is null. An empty field without quotes is null, with quotes an empty text. Cells are text;
/// only a schema file of lossless CSV gives them other kinds.
struct CSVReader: RecordReader, ~Copyable {
  /// Bytes that one record may take.
  static let recordLimit = 64 << 20
  /// Bytes from which the delimiter is detected.
  static let headSize = 1 << 16
  /// Cells after which a batch ends.
  static let cellLimit = 1 << 18

  var input: CSVInput
  let name: Name
  let tables: [TableSchema]
  let sidecar: CSVSidecar?
  private let isRagged: Bool
  var delimiter: UInt8?
  var schema: TableSchema?
  /// Position in the schema of each field of a record; nil when they stand in the schema's order.
  var order: [Int]?
  var fieldCount = 0
  private var recordCount = 0
  private var failure: ReadError?
  var notes = CSVNotes()

  init(
    _ source: consuming any ByteSource & ~Copyable, name: Name, delimiter: UInt8?, sidecar: CSVSidecar?,
    tables: [TableSchema], isRagged: Bool
  ) {
    input = CSVInput(source, headSize: Self.headSize)
    self.name = sidecar?.table.name ?? name
    self.tables = tables
    self.sidecar = sidecar
    self.isRagged = isRagged && sidecar == nil
    self.delimiter = sidecar?.delimiter ?? delimiter
  }

  var findings: [Finding] { notes.findings(table: schema?.name) }

  mutating func nextTable() throws(ReadError) -> TableSchema? {
    if let failure { throw failure }
    guard schema == nil else { return nil }
    do throws(ReadError) {
      schema = try readHeader()
      return schema
    } catch {
      failure = error
      throw error
    }
  }

  // MARK: Records

  mutating func read(into batch: inout RecordBatch) throws(ReadError) -> Bool {
    batch.removeAll(columnCount: schema?.columns.count ?? 0)
    if let failure { throw failure }
    guard schema != nil, let delimiter else { return false }
    batch.firstRecord = recordCount
    var scanner: CSVScanner
    while true {
      let isLast = refill(&batch.heap)
      scanner = CSVScanner(
        delimiter: delimiter, columnCount: fieldCount, isRagged: isRagged,
        requiresLineEnd: sidecar != nil)
      swap(&scanner.cells, &batch.cells)
      scanner.scan(batch.heap, from: 0, isLast: isLast, rowLimit: .max, cellLimit: Self.cellLimit)
      if scanner.rowCount > 0 || scanner.stop != nil || isLast || failure != nil { break }
      swap(&scanner.cells, &batch.cells)
      // Empty lines alone are done with; a record that fills the heap needs a larger one.
      if scanner.end > 0 {
        input.giveBack(&batch.heap, from: scanner.end)
        batch.heap.removeAll()
      } else if batch.heap.capacity >= Self.recordLimit {
        failure = ReadError(
          .tooLarge(what: "record", limit: Self.recordLimit), offset: input.offset, record: recordCount + 1)
        break
      } else {
        batch.heap.reserve(min(batch.heap.capacity * 2, Self.recordLimit))
      }
    }
    try deliver(&scanner, into: &batch)
    return batch.rowCount > 0
  }

  /// Fills the heap behind what it holds; true when no bytes follow. A failing source ends the input, kept for later.
  private mutating func refill(_ heap: inout ByteHeap) -> Bool {
    do throws(IOError) { return try input.refill(&heap) } catch {
      failure = ReadError(.io(error), offset: input.offset + heap.count, record: nil)
      return false
    }
  }

  /// Checks what was scanned, makes it the batch's content and keeps the rest.
  private mutating func deliver(_ scanner: inout CSVScanner, into batch: inout RecordBatch) throws(ReadError) {
    let base = input.offset
    if let stop = scanner.stop { failure = error(of: stop, record: recordCount + scanner.rowCount + 1) }
    let valid = batch.heap.validUTF8Prefix(at: 0, count: scanner.end)
    if valid < scanner.end {
      let whole = scanner.rows(before: valid)
      failure = ReadError(.invalidUTF8, offset: base + valid, record: recordCount + whole + 1)
      scanner.keepRows(whole)
    }
    notes.notePadding(scanner, base: base)
    if failure == nil { input.giveBack(&batch.heap, from: scanner.end) }
    if batch.heap.firstOffset(of: 0, at: 0, count: scanner.end) != nil { scanner.cells.markNULs(in: batch.heap) }
    if sidecar == nil { notes.noteMarkers(scanner.cells, batch.heap, end: scanner.end, base: base) }
    for index in scanner.doubled {
      let cell = scanner.cells[index]
      let count = batch.heap.rewrite(at: cell.offset, count: cell.count) { undoubleQuotes(&$0) }
      scanner.cells[index] = Cell(.text, offset: cell.offset, count: count, flags: cell.flags)
    }
    if let sidecar, let wrong = sidecar.restore(&scanner.cells, width: fieldCount, &batch.heap) {
      failure = ReadError(.syntax(wrong.message), offset: base + wrong.offset, record: recordCount + wrong.row + 1)
      scanner.keepRows(wrong.row)
    }
    if let order { scanner.cells.reorder(order, width: batch.columnCount) }
    recordCount += scanner.rowCount
    batch.rowCount = scanner.rowCount
    swap(&batch.cells, &scanner.cells)
    if batch.rowCount == 0 {
      batch.removeAll(columnCount: batch.columnCount)
      if let failure { throw failure }
      try checkRecordCount()
    }
  }

  /// At the end: a lossless file with fewer records than were written has been cut off between two of them.
  private mutating func checkRecordCount() throws(ReadError) {
    guard let sidecar else { return }
    guard recordCount < sidecar.recordCount else { return notes.surplusCount = recordCount - sidecar.recordCount }
    let error = ReadError(.truncated, offset: input.offset, record: recordCount + 1)
    failure = error
    throw error
  }

  func error(of stop: CSVScanner.Stop, record: Int) -> ReadError {
    switch stop {
    case .bareQuote(let at):
      ReadError(.syntax("quote inside a field that does not begin with one"), offset: input.offset + at, record: record)
    case .textAfterQuote(let at):
      ReadError(.syntax("text after a closing quote"), offset: input.offset + at, record: record)
    case .unterminated(let at): ReadError(.truncated, offset: input.offset + at, record: record)
    case .noLineEnd(let at): ReadError(.truncated, offset: input.offset + at, record: record)
    case .fieldCount(let found, let at):
      ReadError(.fieldCount(expected: fieldCount, found: found), offset: input.offset + at, record: record)
    }
  }
}
