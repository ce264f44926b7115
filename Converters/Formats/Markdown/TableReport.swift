internal import Bytes
internal import Records

/// What is told of one table: counts of all records, and the first of them.
struct TableReport: Sendable {
  private static let sampleCount = 3
  /// Bytes of a value that are shown.
  private static let shownCount = 60

  private let schema: TableSchema
  private(set) var rowCount = 0
  private var nullCounts: [Int]
  private var missingCounts: [Int]
  /// The first records, value by value as Markdown.
  private var samples: [[String]] = []

  init(_ schema: TableSchema) {
    self.schema = schema
    nullCounts = Array(repeating: 0, count: schema.columns.count)
    missingCounts = nullCounts
  }

  var name: Name { schema.name }
  var columnCount: Int { schema.columns.count }
  var primaryKey: [Name] { schema.primaryKey }

  /// Takes the records of a batch in.
  mutating func add(_ batch: borrowing RecordBatch) throws(IOError) {
    for row in 0..<batch.rowCount {
      for column in 0..<batch.columnCount {
        switch batch[row, column].kind {
        case .null: nullCounts[column] += 1
        case .missing: missingCounts[column] += 1
        default: break
        }
      }
      guard samples.count < Self.sampleCount else { continue }
      var sample: [String] = []
      for column in 0..<batch.columnCount { sample.append(try shown(batch[row, column], column, batch)) }
      samples.append(sample)
    }
    rowCount += batch.rowCount
  }

  /// A value as Markdown; secrets are masked.
  private func shown(_ cell: Cell, _ column: Int, _ batch: borrowing RecordBatch) throws(IOError) -> String {
    if cell.kind == .null { return "*null*" }
    if cell.kind == .missing { return "*missing*" }
    if schema.columns[column].isSecret { return "\\*\\*\\*" }
    switch cell.kind {
    case .null, .missing: return ""
    case .boolean: return cell.boolean ? "true" : "false"
    case .integer: return String(cell.integer)
    case .double: return cell.double.description
    case .bytes: return "*\(grouped(cell.count)) bytes*"
    case .text, .number, .json:
      if cell.count == 0 { return "*empty*" }
      return beginning(batch.bytes(of: cell), of: cell.count)
    case .external:
      let value = batch.externals[cell.offset]
      if value.kind == .bytes { return "*\(grouped(Int(value.byteCount))) bytes*" }
      var text = ""
      let head = min(value.byteCount, Int64(Self.shownCount) + 4)
      try value.file.forEachPiece(at: value.offset, count: head) { (piece) throws(IOError) in
        if text.isEmpty { text = beginning(piece, of: Int(value.byteCount)) }
      } failed: {
        $0
      }
      return text
    }
  }

  /// The first bytes of a value, not cut inside a character, and its size when there are more.
  private func beginning(_ bytes: Span<UInt8>, of count: Int) -> String {
    guard count > Self.shownCount else { return codeSpan(bytes) }
    var end = min(Self.shownCount, bytes.count)
    while end > 0 && end < bytes.count && bytes[end] & 0xC0 == 0x80 { end -= 1 }
    return codeSpan(bytes.extracting(0..<end)) + "… (\(grouped(count)) bytes)"
  }

  // MARK: Report

  /// Appends the table's section.
  func write(to output: inout OutputBuffer) throws(IOError) {
    try output.append(
      text: "\n## \(codeSpan(schema.name))\n\n\(grouped(rowCount)) \(rowCount == 1 ? "record" : "records")")
    if !schema.primaryKey.isEmpty { try output.append(text: " · primary key \(codeSpans(schema.primaryKey))") }
    for key in schema.uniqueKeys { try output.append(text: " · unique \(codeSpans(key))") }
    for index in schema.indexes { try output.append(text: " · index \(codeSpans(index))") }
    try output.append("\n")
    guard columnCount > 0 else { return }
    try output.append("\n| column | type | null | missing | |\n|---|---|---:|---:|---|\n")
    for (i, column) in schema.columns.enumerated() {
      var notes: [String] = []
      if !column.isNullable { notes.append("not null") }
      if let length = column.maximumLength { notes.append("at most \(grouped(length)) characters") }
      if column.isIdentity { notes.append("identity") }
      if column.isSecret { notes.append("secret") }
      let counts = "\(grouped(nullCounts[i])) | \(grouped(missingCounts[i]))"
      try output.append(
        text: "| \(codeSpan(column.name)) | \(column.type.word) | \(counts) | \(notes.joined(separator: ", ")) |\n")
    }
    try writeForeignKeys(to: &output)
    try writeSamples(to: &output)
  }

  private func writeForeignKeys(to output: inout OutputBuffer) throws(IOError) {
    guard !schema.foreignKeys.isEmpty else { return }
    try output.append("\nForeign keys:\n\n")
    for key in schema.foreignKeys {
      let target = "\(codeSpan(key.table)) (\(codeSpans(key.referencedColumns)))"
      try output.append(text: "- \(codeSpans(key.columns)) → \(target)\(key.isInferred ? ", inferred" : "")\n")
    }
  }

  private func writeSamples(to output: inout OutputBuffer) throws(IOError) {
    guard !samples.isEmpty else { return }
    try output.append(text: "\nFirst \(samples.count == 1 ? "record" : "\(samples.count) records"):\n\n")
    try output.append(text: "| \(schema.columns.map { codeSpan($0.name) }.joined(separator: " | ")) |\n")
    try output.append(text: "|\(String(repeating: "---|", count: columnCount))\n")
    for sample in samples { try output.append(text: "| \(sample.joined(separator: " | ")) |\n") }
  }
}

extension OutputBuffer {
  /// Appends text of our own, or made safe.
  mutating func append(text: String) throws(IOError) { try append(Array(text.utf8)) }
}
