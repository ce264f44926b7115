internal import Archive
internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// Keeps the rows of each sheet aside and writes the zip at the end, whose entries come one after the other.
struct WorkbookWriter: RecordWriter, ~Copyable {
  /// Rows that a sheet may have, its header among them.
  static let rowLimit = 1_048_576

  /// Changes that are counted by column.
  private enum Change: Int, CaseIterable {
    case numberAsText, timeAsText, cut, columnLeftOut

    var code: String {
      switch self {
      case .numberAsText: "number-as-text"
      case .timeAsText: "time-as-text"
      case .cut: "text-cut"
      case .columnLeftOut: "column-left-out"
      }
    }
    var message: String {
      switch self {
      case .numberAsText: "numbers that a float would change are written as text, which keeps their digits"
      case .timeAsText: "dates before March 1900, and times finer than a millisecond, are written as text"
      case .cut: "a cell holds 32767 characters: longer texts are cut"
      case .columnLeftOut: "a sheet has 16384 columns: values of further ones are left out"
      }
    }
  }
  private struct State {
    let columns: [SheetColumn]
    var sheets: [TableStream] = []
    /// Rows of the last sheet.
    var rows = 0
    /// By change and column.
    var changes: [[Int]]
    /// Rows of a table without columns, which have no form.
    var unwritable = 0
  }

  private let archive: ZipWriter
  private let schemas: [TableSchema]
  private let index: TableIndex
  private let spill: TableSpill
  private let bufferSize: Int
  private let rowLimit: Int
  private var states: [State]
  private var tableLosses: [TableLosses]
  private var renames: [Loss] = []
  private var current = -1

  init(to output: Output, _ tables: [TableSchema], rowLimit: Int = Self.rowLimit) throws(WriteError) {
    let sink = output.isSingle ? try output.openStream() : try output.openFile(for: "workbook", ending: "xlsx")
    let archive: ZipWriter, spill: TableSpill
    do throws(IOError) {
      archive = try ZipWriter(sink)
      spill = try TableSpill()
    } catch { throw WriteError(error) }
    self.archive = archive
    self.spill = spill
    schemas = tables
    index = TableIndex(tables)
    // Many sheets share about 8 MiB of buffers.
    bufferSize = max(4096, min(1 << 16, (8 << 20) / max(tables.count, 1)))
    self.rowLimit = rowLimit
    states = tables.map { table in
      State(
        columns: table.columns.prefix(SheetColumn.limit).enumerated().map { SheetColumn($1, at: $0) },
        changes: Change.allCases.map { _ in table.columns.map { _ in 0 } })
    }
    tableLosses = tables.map { TableLosses($0) }
  }

  mutating func begin(_ table: TableSchema) throws(WriteError) { current = try index.position(of: table) }

  mutating func write(_ batch: borrowing RecordBatch) throws(WriteError) {
    guard batch.columnCount > 0 else {
      states[current].unwritable += batch.rowCount
      return
    }
    do throws(IOError) {
      for row in 0..<batch.rowCount { try write(row, of: batch) }
    } catch { throw WriteError(.io(error), table: schemas[current].name) }
  }

  // MARK: Rows

  /// The stream of the sheet that the next row belongs to, with its header.
  private mutating func sheet() throws(IOError) -> TableStream {
    if let sheet = states[current].sheets.last, states[current].rows < rowLimit { return sheet }
    let sheet = TableStream(in: spill, bufferSize: bufferSize)
    try sheet.buffer.append("<row r=\"1\">")
    for (column, place) in zip(schemas[current].columns, states[current].columns) {
      try sheet.buffer.append("<c r=\"")
      try sheet.buffer.append(place.letters)
      try sheet.buffer.append("1\" s=\"1\" t=\"inlineStr\"><is><t xml:space=\"preserve\">")
      _ = try sheet.buffer.append(sheetText: column.name.bytes.span)
      try sheet.buffer.append("</t></is></c>")
    }
    try sheet.buffer.append("</row>")
    states[current].sheets.append(sheet)
    states[current].rows = 1
    return sheet
  }

  private mutating func write(_ row: Int, of batch: borrowing RecordBatch) throws(IOError) {
    let sheet = try sheet()
    states[current].rows += 1
    let number = Int64(states[current].rows)
    try sheet.buffer.append("<row r=\"")
    try sheet.buffer.append(decimal: number)
    try sheet.buffer.append("\">")
    for column in 0..<batch.columnCount {
      let cell = batch[row, column]
      switch cell.kind {
      case .missing: tableLosses[current].count(.missingAsNull, column: column)
      case .null: tableLosses[current].noteNull(column: column)
      default:
        guard column < SheetColumn.limit else {
          states[current].changes[Change.columnLeftOut.rawValue][column] += 1
          continue
        }
        try write(cell, of: batch, column, number, to: sheet)
      }
    }
    try sheet.buffer.append("</row>")
  }

  private mutating func write(
    _ cell: Cell, of batch: borrowing RecordBatch, _ column: Int, _ row: Int64, to sheet: TableStream
  ) throws(IOError) {
    let place = states[current].columns[column]
    try sheet.buffer.append("<c r=\"")
    try sheet.buffer.append(place.letters)
    try sheet.buffer.append(decimal: row)
    switch cell.kind {
    case .boolean:
      try sheet.buffer.append(cell.boolean ? "\" t=\"b\"><v>1</v></c>" : "\" t=\"b\"><v>0</v></c>")
    case .integer where SheetNumber.holds(cell.integer):
      try Self.append(number: Array(String(cell.integer).utf8), place.style, to: sheet)
    case .integer: try write(numberAsText: Array(String(cell.integer).utf8), column, to: sheet)
    case .double where cell.double.isFinite:
      try Self.append(number: Array(cell.double.description.utf8), place.style, to: sheet)
    case .double: try write(numberAsText: Array(cell.double.description.utf8), column, to: sheet)
    case .number:
      if let number = SheetNumber.text(batch.bytes(of: cell)) {
        try Self.append(number: number, place.style, to: sheet)
      } else {
        try write(numberAsText: Array(batch.bytes(of: cell)), column, to: sheet)
      }
    case .text: try write(text: batch.bytes(of: cell), place, column, to: sheet)
    default: try write(other: cell, of: batch, column, to: sheet)
    }
  }

  private static func append(number: [UInt8], _ style: Int, to sheet: TableStream) throws(IOError) {
    if style != SheetStyle.general.rawValue {
      try sheet.buffer.append("\" s=\"")
      try sheet.buffer.append(decimal: Int64(style))
    }
    try sheet.buffer.append("\"><v>")
    try sheet.buffer.append(number)
    try sheet.buffer.append("</v></c>")
  }

  private mutating func note(_ change: Change, _ column: Int) { states[current].changes[change.rawValue][column] += 1 }

  private mutating func write(numberAsText digits: [UInt8], _ column: Int, to sheet: TableStream) throws(IOError) {
    note(.numberAsText, column)
    try write(string: digits.span, column, to: sheet)
  }

  private mutating func write(
    text: Span<UInt8>, _ place: SheetColumn, _ column: Int, to sheet: TableStream
  ) throws(IOError) {
    guard place.form != .other, text.count < 64 else { return try write(string: text, column, to: sheet) }
    if place.form == .number {
      if let number = SheetNumber.text(text) { return try Self.append(number: number, place.style, to: sheet) }
      if DecimalText(text) != nil { note(.numberAsText, column) }
      return try write(string: text, column, to: sheet)
    }
    guard let moment = SheetMoment(text, place.form) else {
      note(.timeAsText, column)
      return try write(string: text, column, to: sheet)
    }
    if moment.isMoved { tableLosses[current].count(.offsetAsUTC, column: column) }
    try Self.append(number: Array(moment.serial.description.utf8), moment.style.rawValue, to: sheet)
  }

  /// Writes a text, which is never taken for a formula.
  private mutating func write(string text: Span<UInt8>, _ column: Int, to sheet: TableStream) throws(IOError) {
    try sheet.buffer.append("\" t=\"inlineStr\"><is><t xml:space=\"preserve\">")
    if try sheet.buffer.append(sheetText: text) { note(.cut, column) }
    try sheet.buffer.append("</t></is></c>")
  }

  /// Writes bytes as base64, JSON as it stands, and of values beside the heap what a cell holds of them.
  private mutating func write(
    other cell: Cell, of batch: borrowing RecordBatch, _ column: Int, to sheet: TableStream
  ) throws(IOError) {
    switch cell.kind {
    case .bytes: try write(bytes: batch.bytes(of: cell), column, to: sheet)
    case .external:
      let value = batch.externals[cell.offset], count = min(value.byteCount, Int64(SheetText.byteLimit))
      var source: any ByteSource & ~Copyable = SpillSource(value.file, at: value.offset, count: count)
      let bytes = try readAll(&source, limit: SheetText.byteLimit)
      if value.kind == .bytes {
        try write(bytes: bytes.span, column, to: sheet)
      } else {
        try write(string: bytes.span, column, to: sheet)
      }
    default: try write(string: batch.bytes(of: cell), column, to: sheet)
    }
  }

  private mutating func write(bytes: Span<UInt8>, _ column: Int, to sheet: TableStream) throws(IOError) {
    // What fills a cell; whole groups of three bytes.
    let limit = SheetText.limit / 4 * 3, isCut = bytes.count > limit
    let text = encodeBase64(bytes.extracting(0..<min(bytes.count, limit)))
    if isCut { note(.cut, column) }
    try write(string: text.span, column, to: sheet)
  }

  // MARK: The zip

  mutating func finish() throws(WriteError) {
    var names = SheetNames(), sheets: [Name] = []
    do throws(IOError) {
      for t in schemas.indices {
        current = t
        if states[t].sheets.isEmpty, !schemas[t].columns.isEmpty { _ = try sheet() }
        let count = max(states[t].sheets.count, 1)
        for part in 1...count { sheets.append(names.name(schemas[t].name, part: part)) }
        let first = sheets[sheets.count - count]
        if first != schemas[t].name { note(rename: first, of: schemas[t].name) }
      }
      if sheets.isEmpty { sheets.append("Sheet1") }
      for part in WorkbookParts.parts(sheets) { try archive.add(Array(part.name.utf8), part.content) }
      var number = 0
      for t in schemas.indices {
        for part in 0..<max(states[t].sheets.count, 1) {
          number += 1
          try write(states[t].sheets.isEmpty ? nil : states[t].sheets[part], number)
        }
        states[t].sheets.removeAll()
      }
      if number == 0 { try write(nil, 1) }
      try archive.finish()
    } catch { throw WriteError(error) }
  }

  private func write(_ sheet: TableStream?, _ number: Int) throws(IOError) {
    let archive = archive, head = WorkbookParts.sheetHead, end = WorkbookParts.sheetEnd
    try archive.begin(WorkbookParts.sheetPath(number))
    try archive.append(head.span)
    try sheet?.forEachPiece { (piece) throws(IOError) in try archive.append(piece) }
    try archive.append(end.span)
    try archive.end()
  }

  private mutating func note(rename name: Name, of table: Name) {
    renames.append(
      Loss("name-changed", "the sheet is called '\(displayed(name))': Excel does not allow its name", table: table))
  }

  var losses: [Loss] {
    var losses = renames + tableLosses.flatMap(\.losses)
    for (t, state) in states.enumerated() {
      let table = schemas[t]
      for change in Change.allCases {
        for (column, count) in state.changes[change.rawValue].enumerated() where count > 0 {
          losses.append(
            Loss(change.code, change.message, table: table.name, column: table.columns[column].name, count: count))
        }
      }
      guard state.unwritable > 0 else { continue }
      losses.append(
        Loss(
          "no-columns", "records without any column have no form in a sheet: rows left out", table: table.name,
          count: state.unwritable, isReject: true))
    }
    return losses
  }
}
