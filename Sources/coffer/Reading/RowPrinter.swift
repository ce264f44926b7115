internal import Bytes
internal import CommandLine
internal import Diagnostics
internal import Records

/// Prints records of one table as a report.
struct RowPrinter: ~Copyable {
  /// Values above this are not printed.
  private static let valueLimit: Int64 = 256 << 20

  private var report: Report
  private let showsSecrets: Bool
  /// Positions of the columns that are printed, and which of them are masked.
  private var positions: [Int] = []
  private var isMasked: [Bool] = []

  init(_ report: consuming Report, showsSecrets: Bool) {
    self.report = report
    self.showsSecrets = showsSecrets
  }

  /// Begins the table; called once.
  mutating func begin(_ table: TableSchema, _ positions: [Int]) throws(Failure) {
    self.positions = positions
    isMasked = positions.map { table.columns[$0].isSecret && !showsSecrets }
    try report.begin(
      Section(
        "rows",
        positions.map { ReportColumn(data: table.columns[$0].name.bytes, isNumeric: table.columns[$0].type.isNumeric) })
    )
  }

  /// Prints the first rows of a batch.
  mutating func print(_ batch: borrowing RecordBatch, limit: Int) throws(Failure) {
    for row in 0..<min(limit, batch.rowCount) {
      for (i, position) in positions.enumerated() {
        let cell = batch[row, position]
        if isMasked[i] && !cell.isAbsent {
          try report.append(.text(maskedText(of: cell, in: batch)))
        } else {
          try print(cell, batch)
        }
      }
      try report.endRow()
    }
  }

  /// Completes the report.
  mutating func finish() throws(Failure) { try report.finish() }

  private mutating func print(_ cell: Cell, _ batch: borrowing RecordBatch) throws(Failure) {
    switch cell.kind {
    case .null: try report.append(.null)
    case .missing: try report.append(.missing)
    case .boolean: try report.append(.boolean(cell.boolean))
    case .integer: try report.append(.integer(cell.integer))
    case .double: try report.append(.number(Array("\(cell.double)".utf8)))
    case .number: try report.append(.number(Array(batch.bytes(of: cell))))
    case .text: try report.append(text: batch.bytes(of: cell))
    case .json: try report.append(.json(Array(batch.bytes(of: cell))))
    case .bytes: try report.append(.text("\\x" + hexadecimal(Array(batch.bytes(of: cell)))))
    case .external: try print(batch.externals[cell.offset])
    }
  }

  /// A value too large for the batch: read from its file, up to a limit.
  private mutating func print(_ value: ExternalValue) throws(Failure) {
    guard value.byteCount <= Self.valueLimit else {
      throw Failure(
        .failure, "a value of \(humanSize(value.byteCount)) is too large to be printed",
        advice: "write it with 'coffer convert', or choose other columns with --columns")
    }
    let bytes = try telling { () throws(IOError) in
      var source: any ByteSource & ~Copyable = SpillSource(value.file, at: value.offset, count: value.byteCount)
      return try readAll(&source, limit: Int(value.byteCount))
    }
    switch value.kind {
    case .json: try report.append(.json(bytes))
    case .bytes: try report.append(.text("\\x" + hexadecimal(bytes)))
    default: try report.append(.bytes(bytes))
    }
  }
}
