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
  /// Whether the report is JSON, where NaN and the infinities stand in quotes.
  private let isJSON: Bool
  /// Positions of the columns that are printed, and which of them are masked.
  private var positions: [Int] = []
  private var isMasked: [Bool] = []

  init(_ report: consuming Report, showsSecrets: Bool, isJSON: Bool) {
    self.report = report
    self.showsSecrets = showsSecrets
    self.isJSON = isJSON
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
    case .json: try report.append(.json(fit(Array(batch.bytes(of: cell)))))
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
    case .json: try report.append(.json(fit(bytes)))
    case .bytes: try report.append(.text("\\x" + hexadecimal(bytes)))
    default: try report.append(.bytes(bytes))
    }
  }

  /// JSON that programs can read: Python's words for what is no number are put in quotes.
  private func fit(_ json: [UInt8]) -> [UInt8] {
    guard isJSON else { return json }
    var output: [UInt8] = [], at = 0, isInString = false
    output.reserveCapacity(json.count)
    while at < json.count {
      let rest = json[at...]
      let word = isInString ? nil : Self.specials.first { rest.starts(with: $0) }
      if let word {
        output += [UInt8(ascii: "\"")] + word + [UInt8(ascii: "\"")]
        at += word.count
        continue
      }
      if json[at] == UInt8(ascii: "\\"), isInString, at + 1 < json.count {
        output.append(json[at])
        at += 1
      } else if json[at] == UInt8(ascii: "\"") {
        isInString.toggle()
      }
      output.append(json[at])
      at += 1
    }
    return output
  }

  private static let specials = ["NaN", "Infinity", "-Infinity"].map { Array($0.utf8) }
}
