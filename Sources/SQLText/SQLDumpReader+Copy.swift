internal import Bytes
internal import Diagnostics
internal import Records

extension SQLDumpReader {
  /// Reads a batch of lines of COPY text; false when the rows are over.
  mutating func readCopy(_ batch: inout RecordBatch) throws(ReadError) -> Bool {
    guard var run else { return false }
    defer { self.run = run }
    if let rule = run.csv { return try readCSV(&batch, &run, rule) }
    while true {
      if run.isFirst { try lookAtFirstLine(&run) }
      if run.width == 0 {
        if try countEmptyLines(&batch) { return true }
        return false
      }
      var at = window.position
      run.copy.isLeft = Array(repeating: false, count: run.copy.forms.count)
      let read = batch.cells.append(rows: rowLimit(run.width), ofCopy: &run.copy, from: &window.heap, at: &at)
      if read.rows > 0 {
        deliver(read, to: at, run, &batch)
        return true
      }
      switch read.stop {
      case .end:
        try endCopy()
        return false
      case .fields:
        throw failed(
          .fieldCount(expected: run.width, found: fieldCount(of: run.copy)), at: window.position)
      default:
        if window.refill() { continue }
        if try endsWithoutFeed() { return false }
        throw cutOff()
      }
    }
  }

  /// Lines that end with CR LF tell of a converted file: PostgreSQL writes a carriage return as `\r`.
  private mutating func lookAtFirstLine(_ run: inout Run) throws(ReadError) {
    while true {
      if let end = foundLineEnd(from: window.position) {
        run.copy.hasCarriageReturns = end - window.position > 1 && window.heap[end - 2] == 0x0D
        run.isFirst = false
        return
      }
      guard window.refill() else { return }
    }
  }

  /// Steps over the rows at hand; false when they have to be read to find their end.
  mutating func skipCopy() throws(ReadError) -> Bool {
    guard var run else { return false }
    try lookAtFirstLine(&run)
    guard !run.copy.hasCarriageReturns else { return false }
    if window.heap.matches("\\.", at: window.position) {
      try endCopy()
      return true
    }
    while true {
      if let end = endOfCopyData(in: window.heap.span, from: window.position) {
        window.position = end
        phase = .statements
        return true
      }
      // The mark may be cut in two.
      window.position = max(window.position, window.heap.count - 3)
      if window.refill() { continue }
      guard window.heap.matches("\n\\.", at: window.position) else { throw cutOff() }
      window.position += 1
      return try endsWithoutFeed()
    }
  }

  /// Steps over the line that ends the rows.
  private mutating func endCopy() throws(ReadError) {
    while true {
      guard let end = try lineEnd(from: window.position) else { continue }
      window.position = end
      phase = .statements
      return
    }
  }

  /// Whether the bytes end with `\.` and no line feed.
  private mutating func endsWithoutFeed() throws(ReadError) -> Bool {
    guard window.isLast, window.failure == nil, window.heap.matches("\\.", at: window.position),
      window.position + 2 == window.heap.count
    else { return false }
    window.position = window.heap.count
    phase = .statements
    return true
  }

  /// Rows of a table without columns are empty lines.
  private mutating func countEmptyLines(_ batch: inout RecordBatch) throws(ReadError) -> Bool {
    var rows = 0
    while rows < Self.cellLimit {
      guard let end = foundLineEnd(from: window.position) else {
        if rows > 0 { break }
        if window.refill() { continue }
        if try endsWithoutFeed() { return false }
        throw cutOff()
      }
      let first = window.heap[window.position]
      guard first == 0x0A || first == 0x0D else {
        if rows > 0 { break }
        guard window.heap.matches("\\.", at: window.position) else {
          throw failed(.fieldCount(expected: 0, found: 1), at: window.position)
        }
        window.position = end
        phase = .statements
        return false
      }
      window.position = end
      rows += 1
    }
    batch.rowCount = rows
    fillMissing(&batch)
    return rows > 0
  }

  /// Number of fields of the line at hand.
  private func fieldCount(of rule: CopyRule) -> Int {
    let end = foundLineEnd(from: window.position) ?? window.heap.count
    var count = 1, at = window.position
    while at < end {
      let byte = window.heap[at]
      if byte == UInt8(ascii: "\\") { at += 1 } else if byte == rule.delimiter { count += 1 }
      at += 1
    }
    return count
  }

  // MARK: Handing over

  /// Gives a batch the bytes of its cells and puts them in the order and kinds of the table's columns.
  mutating func deliver(_ read: DumpRead, to end: Int, _ run: Run, _ batch: inout RecordBatch) {
    let isForeign = window.hasForeignBytes || read.hasRawBytes
    let hasNULs = window.hasNULs
    let base = window.deliver(to: end, in: &batch)
    batch.rowCount = read.rows
    var settled = Set<Int>()
    if phase == .copy {
      for (field, form) in run.copy.forms.enumerated() where form != .text && !run.copy.isLeft[field] {
        settled.insert(run.order?[field] ?? field)
      }
    }
    finish(&batch, run, isForeign: isForeign, hasNULs: hasNULs, settled: settled, .heap(base))
  }

  /// Puts the cells of a batch in the order and kinds of the table's columns.
  mutating func finish(
    _ batch: inout RecordBatch, _ run: Run, isForeign: Bool, hasNULs: Bool, settled: Set<Int> = [], _ place: DumpPlace
  ) {
    if hasNULs { batch.cells.markNULs(in: batch.heap) }
    if let order = run.order { batch.cells.reorder(order, width: run.table.columns.count) }
    run.conversion.apply(
      to: &batch, isForeign: isForeign, settled: settled, table: run.table, place: place, notes: &notes)
  }

  /// Gives rows without fields the width of the table.
  func fillMissing(_ batch: inout RecordBatch) {
    batch.cells = Array(repeating: .missing, count: batch.rowCount * batch.columnCount)
  }
}
