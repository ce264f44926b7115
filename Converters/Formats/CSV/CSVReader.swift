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

  private var input: CSVInput
  private let name: Name
  private let tables: [TableSchema]
  private let sidecar: CSVSidecar?
  private let isRagged: Bool
  private var delimiter: UInt8?
  private var schema: TableSchema?
  /// Position in the schema of each field of a record; nil when they stand in the schema's order.
  private var order: [Int]?
  private var fieldCount = 0
  private var recordCount = 0
  private var failure: ReadError?
  private var paddedCount = 0
  private var firstPadded: Int?
  private var headerFindings: [Finding] = []

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

  var findings: [Finding] {
    var findings = headerFindings
    if let sidecar, recordCount > sidecar.recordCount {
      findings.append(
        Finding(
          "record-count", .warning, "file has more records than were written", table: schema?.name,
          count: recordCount - sidecar.recordCount))
    }
    guard paddedCount > 0 else { return findings }
    return findings + [
      Finding(
        "ragged-records", .warning, "records shorter than the header are padded with missing values",
        advice: "compare them with the source: fields may have been lost", table: schema?.name, offset: firstPadded,
        count: paddedCount)
    ]
  }

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
    if scanner.paddedCount > 0 {
      paddedCount += scanner.paddedCount
      if firstPadded == nil { firstPadded = scanner.firstPadded.map { base + $0 } }
    }
    if failure == nil { input.giveBack(&batch.heap, from: scanner.end) }
    markNULs(&scanner.cells, batch.heap, end: scanner.end)
    for index in scanner.doubled {
      let cell = scanner.cells[index]
      let count = batch.heap.rewrite(at: cell.offset, count: cell.count) { undoubleQuotes(&$0) }
      scanner.cells[index] = Cell(.text, offset: cell.offset, count: count, flags: cell.flags)
    }
    if let sidecar, let wrong = sidecar.restore(&scanner.cells, width: fieldCount, &batch.heap) {
      failure = ReadError(.syntax(wrong.message), offset: base + wrong.offset, record: recordCount + wrong.row + 1)
      scanner.keepRows(wrong.row)
    }
    if let order { scanner.reorder(order, width: batch.columnCount) }
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
    guard let sidecar, recordCount < sidecar.recordCount else { return }
    let error = ReadError(.truncated, offset: input.offset, record: recordCount + 1)
    failure = error
    throw error
  }

  private func error(of stop: CSVScanner.Stop, record: Int) -> ReadError {
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

  // MARK: Header

  /// Reads up to the end of the header and settles delimiter and schema.
  private mutating func readHeader() throws(ReadError) -> TableSchema {
    let delimiter: UInt8
    do throws(IOError) { delimiter = try input.begin(given: self.delimiter) } catch { throw ReadError(.io(error)) }
    self.delimiter = delimiter
    if let encoding = input.foreignEncoding { throw ReadError(.unsupportedEncoding(encoding.rawValue), offset: 0) }
    var heap = ByteHeap(capacity: Self.headSize)
    var scanner: CSVScanner
    while true {
      let isLast: Bool
      do throws(IOError) { isLast = try input.refill(&heap) } catch { throw ReadError(.io(error)) }
      scanner = CSVScanner(delimiter: delimiter, columnCount: nil, isRagged: false, requiresLineEnd: sidecar != nil)
      scanner.scan(heap, from: 0, isLast: isLast, rowLimit: 1, cellLimit: .max)
      if scanner.rowCount == 1 || scanner.stop != nil || isLast { break }
      guard heap.capacity < Self.recordLimit else {
        throw ReadError(.tooLarge(what: "header", limit: Self.recordLimit), offset: input.offset)
      }
      heap.reserve(min(heap.capacity * 2, Self.recordLimit))
    }
    if let stop = scanner.stop {
      var error = error(of: stop, record: 0)
      error.record = nil
      throw error
    }
    guard scanner.rowCount == 1 else { throw ReadError(.empty, offset: input.offset) }
    let valid = heap.validUTF8Prefix(at: 0, count: scanner.end)
    guard valid == scanner.end else { throw ReadError(.invalidUTF8, offset: input.offset + valid) }
    for index in scanner.doubled {
      let cell = scanner.cells[index]
      let count = heap.rewrite(at: cell.offset, count: cell.count) { undoubleQuotes(&$0) }
      scanner.cells[index] = Cell(.text, offset: cell.offset, count: count)
    }
    fieldCount = scanner.cells.count
    let names = try columnNames(scanner.cells, heap)
    let table = try settleSchema(names)
    input.giveBack(&heap, from: scanner.end)
    return table
  }

  /// The header's names; fields without one are called after their position.
  private mutating func columnNames(_ cells: [Cell], _ heap: borrowing ByteHeap) throws(ReadError) -> [Name] {
    var names: [Name] = [], seen: Set<Name> = []
    for cell in cells where cell.kind != .null && cell.count > 0 {
      let name = Name(heap.span(at: cell.offset, count: cell.count))
      guard seen.insert(name).inserted else {
        throw ReadError(.duplicateName(name), offset: input.offset + cell.offset)
      }
    }
    var unnamedCount = 0
    for (i, cell) in cells.enumerated() {
      if cell.kind != .null && cell.count > 0 {
        names.append(Name(heap.span(at: cell.offset, count: cell.count)))
        continue
      }
      if sidecar != nil {
        names.append(Name([]))
        continue
      }
      unnamedCount += 1
      var name = Name("column_\(i + 1)")
      while !seen.insert(name).inserted { name.bytes.append(UInt8(ascii: "_")) }
      names.append(name)
    }
    if unnamedCount > 0 {
      headerFindings.append(
        Finding(
          "unnamed-columns", .info, "columns without a name are called after their position", table: name,
          offset: input.offset, count: unnamedCount))
    }
    return names
  }

  /// The table's schema: the one given, if the header agrees with it, or columns of text.
  private mutating func settleSchema(_ names: [Name]) throws(ReadError) -> TableSchema {
    if let sidecar {
      guard sidecar.table.columns.map(\.name) == names else {
        throw ReadError(.syntax("header does not match the schema file beside it"), offset: input.offset)
      }
      return sidecar.table
    }
    guard let given = tables.first(where: { $0.name == name }) ?? (tables.count == 1 ? tables[0] : nil) else {
      return TableSchema(name, names.map { Column($0, .text) })
    }
    guard given.columns.map(\.name) != names else { return given }
    var order: [Int] = []
    for name in names {
      guard let index = given.index(of: name) else {
        throw ReadError(.syntax("header has a column that the table lacks: '\(displayed(name))'"), offset: input.offset)
      }
      order.append(index)
    }
    self.order = order
    return given
  }
}

extension CSVScanner {
  /// Number of whole rows that end before the byte at `offset`, which lies in a field of one of the rows.
  func rows(before offset: Int) -> Int {
    let width = columnCount ?? 1
    var row = 0
    while row < rowCount {
      // The row's last field that holds bytes ends behind the offset when the row does.
      let fields = cells[row * width..<(row + 1) * width]
      if let last = fields.last(where: { $0.kind == .text }), last.offset + last.count > offset { return row }
      row += 1
    }
    return rowCount
  }

  /// Forgets all rows but the first `count`.
  mutating func keepRows(_ count: Int) {
    rowCount = count
    cells.removeLast(cells.count - count * (columnCount ?? 0))
    while let last = doubled.last, last >= cells.count { doubled.removeLast() }
  }

  /// Puts the fields of each row in the order of a schema of `width` columns; columns without a field are missing.
  mutating func reorder(_ order: [Int], width: Int) {
    var sorted = Array(repeating: Cell.missing, count: rowCount * width)
    for row in 0..<rowCount {
      for (field, column) in order.enumerated() { sorted[row * width + column] = cells[row * order.count + field] }
    }
    cells = sorted
  }
}

/// Flags the cells that hold U+0000.
private func markNULs(_ cells: inout [Cell], _ heap: borrowing ByteHeap, end: Int) {
  guard heap.firstOffset(of: 0, at: 0, count: end) != nil else { return }
  for i in cells.indices where cells[i].kind == .text {
    if heap.firstOffset(of: 0, at: cells[i].offset, count: cells[i].count) != nil { cells[i].flags.insert(.nul) }
  }
}

/// Makes one quote of every two in place; returns how many bytes remain.
private func undoubleQuotes(_ bytes: inout MutableSpan<UInt8>) -> Int {
  var from = 0, to = 0
  while from < bytes.count {
    let byte = bytes[from]
    bytes[to] = byte
    to += 1
    from += byte == UInt8(ascii: "\"") ? 2 : 1
  }
  return to
}
