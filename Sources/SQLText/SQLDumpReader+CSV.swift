internal import Bytes
internal import Diagnostics
internal import Records

/// How the rows of `COPY … (FORMAT csv)` are written.
struct CSVCopyRule {
  var delimiter = UInt8(ascii: ",")
  var quote = UInt8(ascii: "\"")
  /// What stands before a quote in quotes; the quote itself as a rule.
  var escape = UInt8(ascii: "\"")
  /// What stands for NULL without quotes.
  var null: [UInt8] = []
  /// What stands for a column's default without quotes.
  var defaultMark: [UInt8]?
  /// For each field, whether `null` is a text there, and whether it is NULL in quotes too; empty: nowhere.
  var isText: [Bool] = [], isQuotedNull: [Bool] = []
  var hasHeader = false

  init(_ header: SQLCopyHeader) {
    delimiter = header.delimiter ?? delimiter
    quote = header.quote ?? quote
    escape = header.escape ?? quote
    null = header.null ?? null
    defaultMark = header.defaultMark
    hasHeader = header.hasHeader
  }

  /// The cell of a field that is no text.
  fileprivate func special(
    _ heap: borrowing ByteHeap, _ start: Int, _ count: Int, isQuoted: Bool, column: Int
  ) -> Cell? {
    if heap.equals(null, at: start, count: count),
      isQuoted ? !isQuotedNull.isEmpty && isQuotedNull[column] : isText.isEmpty || !isText[column]
    {
      return .null
    }
    if !isQuoted, let mark = defaultMark, heap.equals(mark, at: start, count: count) { return .missing }
    return nil
  }
}

extension SQLDumpReader {
  /// Bytes of values after which a batch ends.
  private static var byteLimit: Int { 1 << 20 }
  private enum CSVLine {
    /// A row with so many fields, and the place behind it.
    case row(fields: Int, end: Int)
    /// The end of the rows, and the place behind it.
    case end(Int)
    case cut
  }

  /// Reads a batch of rows in CSV; false when they are over.
  mutating func readCSV(_ batch: inout RecordBatch, _ run: inout Run, _ rule: CSVCopyRule) throws(ReadError) -> Bool {
    let offset = window.offset
    var rows = 0
    batch.heap.removeAll()
    reading: while rows < rowLimit(run.width), batch.heap.count < Self.byteLimit {
      let cells = batch.cells.count, bytes = batch.heap.count
      let line = Self.line(window.heap, from: window.position, isLast: window.isLast, rule, run.width, &batch)
      if case .row(run.width, let end) = line, !(run.isFirst && rule.hasHeader) {
        run.isFirst = false
        rows += 1
        window.position = end
        continue
      }
      batch.cells.removeLast(batch.cells.count - cells)
      batch.heap.truncate(to: bytes)
      switch line {
      case .row(_, let end) where run.isFirst && rule.hasHeader:
        run.isFirst = false
        window.position = end
      case .row(let fields, _):
        if rows > 0 { break reading }
        throw failed(.fieldCount(expected: run.width, found: fields), at: window.position)
      case .end(let end):
        window.position = end
        phase = .statements
        break reading
      case .cut:
        if rows > 0 { break reading }
        guard window.refill() else { throw cutOff() }
      }
    }
    guard rows > 0 else { return false }
    batch.rowCount = rows
    batch.heap.clearPadding()
    finish(&batch, run, isForeign: true, hasNULs: true, .row(offset))
    return true
  }

  /// Takes one row apart; its values go to the batch, those beyond `width` are counted only.
  private static func line(
    _ heap: borrowing ByteHeap, from start: Int, isLast: Bool, _ rule: CSVCopyRule, _ width: Int,
    _ batch: inout RecordBatch
  ) -> CSVLine {
    let bytes = heap.span(at: start, count: heap.count - start)
    if let end = endOfRows(bytes, isLast: isLast) { return end < 0 ? .cut : .end(start + end) }
    var at = 0, first = 0, field = batch.heap.count, fields = 0, isQuoted = false, hasQuotes = false
    func keep(to end: Int) { if end > first { _ = batch.heap.append(bytes.extracting(first..<end)) } }
    func endField() {
      let count = batch.heap.count - field
      fields += 1
      if fields <= width {
        batch.cells.append(
          rule.special(batch.heap, field, count, isQuoted: hasQuotes, column: fields - 1)
            ?? Cell(.text, offset: field, count: count))
      }
      field = batch.heap.count
      hasQuotes = false
    }
    while at < bytes.count {
      let byte = bytes[at]
      if isQuoted, byte == rule.escape {
        guard at + 1 < bytes.count || isLast else { return .cut }
        if at + 1 < bytes.count, bytes[at + 1] == rule.quote || bytes[at + 1] == rule.escape {
          keep(to: at)
          first = at + 1
          at += 2
          continue
        }
      }
      if byte == rule.quote {
        keep(to: at)
        first = at + 1
        isQuoted.toggle()
        hasQuotes = true
      } else if !isQuoted, byte == rule.delimiter {
        keep(to: at)
        first = at + 1
        endField()
      } else if !isQuoted, byte == UInt8(ascii: "\n") {
        keep(to: at > first && bytes[at - 1] == UInt8(ascii: "\r") ? at - 1 : at)
        endField()
        return .row(fields: fields, end: start + at + 1)
      }
      at += 1
    }
    return .cut
  }

  /// The place behind a line `\.`; -1 when more bytes must tell, nil when it is another line.
  private static func endOfRows(_ bytes: Span<UInt8>, isLast: Bool) -> Int? {
    guard bytes.count > 0 else { return -1 }
    guard bytes[0] == UInt8(ascii: "\\") else { return nil }
    guard bytes.count > 1 else { return isLast ? nil : -1 }
    guard bytes[1] == UInt8(ascii: ".") else { return nil }
    let at = bytes.count > 2 && bytes[2] == UInt8(ascii: "\r") ? 3 : 2
    guard at < bytes.count else { return isLast ? bytes.count : -1 }
    return bytes[at] == UInt8(ascii: "\n") ? at + 1 : nil
  }
}
