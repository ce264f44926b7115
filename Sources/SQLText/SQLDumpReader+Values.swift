internal import Bytes
internal import Diagnostics
internal import Records

extension SQLDumpReader {
  /// Sets up the run of an INSERT statement's rows.
  mutating func beginValues(_ header: SQLInsertHeader) throws(ReadError) {
    let start = window.offset
    let rows = window.position + header.bytes.count
    var width = header.columns?.count ?? 0
    if header.columns == nil && !header.isDefaults {
      switch SQLExpression.row(window.heap, at: rows, rule) {
      case .values(let values, _): width = values.count
      case .cut:
        guard window.refill() else { throw cutOff() }
        return
      case .none: throw failed(.syntax("a row in parentheses expected"), at: rows)
      }
    }
    try begin(header.table, columns: header.isDefaults ? [] : header.columns, width: width, start: start)
    window.position = rows
    if header.isDefaults {
      run?.width = 0
    } else if header.bytes.count <= 4096, rule.delimiter == [UInt8(ascii: ";")] {
      run?.values.header = header.bytes
      if lastInsert.header == header.bytes { run?.values.tail = lastInsert.tail }
    }
    lastInsert = (header.bytes, run?.values.tail ?? [])
    phase = .values
  }

  /// Reads a batch of rows; false when they are over.
  mutating func readValues(_ batch: inout RecordBatch) throws(ReadError) -> Bool {
    guard var run else { return false }
    defer { self.run = run }
    if run.width == 0 { return try readDefaults(&batch, &run) }
    if !run.isFirst {
      run.isFirst = true
      if try !goesOn(from: window.position) { return false }
    }
    while true {
      run.values.isFinal = window.isLast
      var at = window.position
      let read = batch.cells.append(rows: rowLimit(run.width), ofValues: run.values, from: &window.heap, at: &at)
      if read.rows > 0 {
        if read.stop == .end { run.isFirst = false }
        deliver(read, to: at, run, &batch)
        return true
      }
      if read.stop == .odd || read.stop == .fields {
        if try readOdd(&batch, &run) { return true }
      } else if !window.refill() {
        throw cutOff()
      }
    }
  }

  /// One row whose columns all have their defaults; also the rows `()` of no columns.
  private mutating func readDefaults(_ batch: inout RecordBatch, _ run: inout Run) throws(ReadError) -> Bool {
    guard run.isFirst else { return false }
    run.isFirst = false
    while true {
      let end = window.heap.statementEnd(from: window.position, rule)
      if case .delimiter(let at) = end {
        window.position = at + rule.delimiter.count
        break
      }
      guard window.refill() else { throw cutOff() }
    }
    phase = .statements
    batch.rowCount = 1
    fillMissing(&batch)
    return true
  }

  /// Reads one row that holds more than plain literals.
  private mutating func readOdd(_ batch: inout RecordBatch, _ run: inout Run) throws(ReadError) -> Bool {
    switch SQLExpression.row(window.heap, at: window.position, rule) {
    case .cut:
      guard window.refill() else { throw cutOff() }
      return false
    case .none: throw failed(.syntax("a row in parentheses expected"), at: window.position)
    case .values(let values, let count):
      guard values.count == run.width else {
        throw failed(.fieldCount(expected: run.width, found: values.count), at: window.position)
      }
      let offset = window.offset
      batch.heap.removeAll()
      batch.cells.removeAll(keepingCapacity: true)
      for (i, value) in values.enumerated() { batch.append(value, column: i, run, offset, &notes) }
      window.position += count
      run.isFirst = false
      batch.rowCount = 1
      finishOdd(&batch, run, offset)
      return true
    }
  }

  /// What a row is followed by: a comma and the next row (true), or the end of the statement.
  private mutating func goesOn(from place: Int) throws(ReadError) -> Bool {
    while true {
      let (at, isCut) = window.heap.sqlSpace(from: window.position, rule)
      if at < window.heap.count, !isCut {
        if window.heap[at] == UInt8(ascii: ",") {
          window.position = at + 1
          return true
        }
        let end = window.heap.statementEnd(from: at, rule)
        if case .command(let end) = end {
          // psql sends what stands before a command, and before a semicolon behind a backslash.
          if end + 1 == window.heap.count, window.refill() { continue }
          if try stepsOverCommand(at: end) { continue }
          window.position = window.heap.matches("\\;", at: end) ? end + 2 : end
          phase = .statements
          return false
        }
        if case .delimiter(let end) = end {
          let tail = Array(window.heap.span(at: window.position, count: end - window.position))
          if tail.count <= 256 { lastInsert.tail = tail }
          window.position = end + rule.delimiter.count
          phase = .statements
          return false
        }
      }
      guard window.refill() else { throw cutOff() }
    }
  }

  private mutating func finishOdd(_ batch: inout RecordBatch, _ run: Run, _ offset: Int) {
    batch.heap.clearPadding()
    finish(&batch, run, isForeign: true, hasNULs: true, .row(offset))
  }
}

extension RecordBatch {
  /// Appends the cell of a value.
  fileprivate mutating func append(
    _ value: SQLValue, column: Int, _ run: SQLDumpReader.Run, _ offset: Int, _ notes: inout SQLDumpNotes
  ) {
    switch value {
    case .null: cells.append(.null)
    case .missing: cells.append(.missing)
    case .boolean(let truth): cells.append(.boolean(truth))
    case .number(let digits): cells.append(cell(.number, digits.span))
    case .text(let text): cells.append(cell(.text, text.span))
    case .bytes(let bytes): cells.append(cell(.bytes, bytes.span))
    case .expression(let source):
      cells.append(cell(.text, source.span))
      notes.note(
        Finding(
          "expression-not-evaluated", .warning,
          "rows of '\(displayed(run.table.name))' hold expressions, which are kept as text",
          advice: "nothing of a backup is executed: dump the table again as plain values", table: run.table.name,
          offset: offset))
    }
  }
}
