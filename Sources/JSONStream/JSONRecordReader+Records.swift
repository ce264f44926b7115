internal import Bytes
internal import Records

// Runs of records: finding the next record's table, and filling batches.
extension JSONRecordReader {
  /// Reads records of the current table into `batch`; false when the run is over.
  mutating func readRecords(into batch: inout RecordBatch) throws(ReadError) -> Bool {
    let table = current
    let width = tables[table].schema.columns.count
    while true {
      batch.removeAll(columnCount: width)
      batch.firstRecord = recordCount
      let outcome = try fillBatch(&batch, table: table)
      recordCount += batch.rowCount
      if batch.rowCount > 0 {
        batch.externals = externals
        externals = []
        return true
      }
      switch outcome {
      case .over:
        current = -1
        return false
      case .needsMore(let valueStart):
        if try !more(valueStart: valueStart) { throw cutOff() }
      }
    }
  }

  private enum Outcome {
    case over
    case needsMore(valueStart: Int)
  }

  /// Parses as many whole records as the window holds, then gives the batch its bytes.
  private mutating func fillBatch(_ batch: inout RecordBatch, table: Int) throws(ReadError) -> Outcome {
    // The hot state is local: the heap, the cells and the parser.
    var heap = ByteHeap(capacity: 0)
    swap(&heap, &window)
    var cells: [Cell] = []
    swap(&cells, &batch.cells)
    var parser = JSONRecordParser(keys: JSONKeys(), firstColumn: 0, python: false)
    swap(&parser, &tables[table].parser)
    parser.isLast = isExhausted && endError == nil
    parser.externalCount = externals.count
    parser.placeholders = placeholders
    let start = position
    let model = shape.isFixture ? tables[table].schema.name : Name("")
    let width = batch.columnCount
    parser.keepLayout(ofWidth: width)
    var rows = 0, at = position
    var outcome: Outcome?, error: ReadError?
    // A flag of its own: looking at the optionals would copy them for each record.
    var isStopped = false
    // Rows to be tried at once as records of the layout: more the longer it goes well.
    var trial = 1
    while !isStopped {
      if needsComma, let layout = parser.layout, usesLayouts {
        let room = min(trial, (Self.cellLimit - cells.count) / width)
        let read = cells.append(rows: room, width: width, of: layout, from: &heap, at: &at)
        rows &+= read
        if read == trial {
          trial = min(trial &* 2, Self.trialLimit / width + 1)
          if trial > 8 { parser.praiseLayout() }
        } else {
          trial = 1
        }
      }
      guard rows == 0 || cells.count + width <= Self.cellLimit else {
        outcome = .needsMore(valueStart: -1)
        break
      }
      var place = at, comma = needsComma
      switch separator(heap, &place, &comma) {
      case .element: break
      case .cut:
        outcome = .needsMore(valueStart: -1)
        isStopped = true
      case .end:
        outcome = .over
        isStopped = true
      case .wrong(let code):
        error = failed(code, at: place)
        isStopped = true
      }
      if isStopped { break }
      let first = cells.count, record = place
      for _ in 0..<width { cells.append(.missing) }
      parser.begin()
      let status =
        shape.isFixture
        ? parser.fixture(heap, &place, &cells, row: first, model: model)
        : parser.plain(heap, &place, &cells, row: first)
      if case .record = status, needsComma {
        parser.learnLayout(heap, after: at, at: record, model: shape.isFixture ? model : nil)
      }
      if case .record = status, case .record = parser.finish(&heap, &cells) {
        rows &+= 1
        at = place
        needsComma = true
        if heap.count > Self.largeValue {
          do throws(ReadError) { try externalise(&cells, from: first, heap) } catch let caught { error = caught }
          parser.externalCount = externals.count
          if error != nil { break }
        }
        continue
      }
      cells.removeLast(cells.count - first)
      switch status {
      case .cut: outcome = .needsMore(valueStart: parser.valueStart)
      case .otherTable: outcome = .over
      case .newColumn:
        if isFixed {
          error = failed(.changed, at: at)
        } else {
          outcome = .over
        }
      default: error = failed(parser.failure, at: parser.failureOffset)
      }
      isStopped = true
    }
    if var counts = parser.takeCounts() {
      counts.firstDuplicate = absolute(counts.firstDuplicate)
      counts.firstSpecial = absolute(counts.firstSpecial)
      notes.counts.add(counts)
    }
    swap(&parser, &tables[table].parser)
    batch.rowCount = rows
    hand(&batch, &heap, &cells, from: start, to: at)
    if let error {
      if rows == 0 { throw error }
      // Whole rows first; the error comes with the next call.
      failure = error
    }
    return outcome ?? .over
  }

  /// Gives the batch the bytes its cells point into: the whole window when most of it is used up, else a copy of the part.
  private mutating func hand(
    _ batch: inout RecordBatch, _ heap: inout ByteHeap, _ cells: inout [Cell], from start: Int, to end: Int
  ) {
    if batch.rowCount > 0 && end - start >= heap.count - end {
      // `heap` becomes the batch's spare, takes the rest and becomes the window.
      swap(&heap, &batch.heap)
      heap.keep(from: batch.heap, end..<batch.heap.count)
      heap.clearPadding()
      swap(&heap, &window)
      position = 0
      use(end)
    } else {
      if batch.rowCount > 0 {
        batch.heap.append(heap.span(at: start, count: end - start))
        batch.heap.clearPadding()
        for i in cells.indices { cells[i].move(by: -start) }
      }
      swap(&heap, &window)
      position = end
    }
    swap(&cells, &batch.cells)
  }

  enum Separator {
    case element, cut, end
    case wrong(ReadError.Code)
  }

  /// Steps over what stands between records; at `.end`, `place` is at the closing bracket or the end of the text.
  func separator(_ heap: borrowing ByteHeap, _ place: inout Int, _ comma: inout Bool) -> Separator {
    if shape.isLines {
      let from = place
      place = heap.jsonSpace(from: place)
      guard place < heap.count else { return isExhausted && endError == nil ? .end : .cut }
      if comma {
        var hasNewline = false
        for i in from..<place where heap[i] == UInt8(ascii: "\n") { hasNewline = true }
        if !hasNewline { return .wrong(.syntax("a record must begin on a line of its own")) }
      }
      return .element
    }
    place = heap.jsonSpace(from: place)
    guard place < heap.count else { return .cut }
    if heap[place] == UInt8(ascii: "]") { return .end }
    if comma {
      guard heap[place] == UInt8(ascii: ",") else { return .wrong(.syntax("',' or ']' expected in an array")) }
      place = heap.jsonSpace(from: place &+ 1)
      guard place < heap.count else { return .cut }
      if heap[place] == UInt8(ascii: "]") { return .wrong(.syntax("value expected after ','")) }
    }
    return .element
  }

  /// Looks at the next record without using it up and finds its table, growing its schema as needed; nil at the array's end.
  mutating func peekRecord() throws(ReadError) -> Int? {
    while true {
      var place = position, comma = needsComma
      switch separator(window, &place, &comma) {
      case .wrong(let code): throw failed(code, at: place)
      case .end:
        position = place
        return nil
      case .cut:
        if try !more() { throw cutOff() }
        continue
      case .element: break
      }
      let name: Name
      if shape.isFixture {
        var probe = JSONRecordParser(keys: JSONKeys(), firstColumn: 1, python: dialect.python)
        probe.isLast = isExhausted && endError == nil
        probe.externalCount = externals.count
        probe.placeholders = placeholders
        switch probe.findModel(window, place) {
        case .found(let model): name = model
        case .cut:
          if try !more(valueStart: probe.valueStart) { throw cutOff() }
          continue
        case .failed: throw failed(probe.failure, at: probe.failureOffset)
        }
      } else {
        name = recordsName
      }
      let index = try table(named: name)
      if try learn(index, at: place) { return index }
    }
  }

  /// Lets the table's parser learn the keys of the record at `place`; false when the record is not whole yet.
  private mutating func learn(_ index: Int, at place: Int) throws(ReadError) -> Bool {
    if isFixed { return true }
    var at = place, cells: [Cell] = []
    tables[index].parser.learns = true
    tables[index].parser.isLast = isExhausted && endError == nil
    tables[index].parser.externalCount = externals.count
    tables[index].parser.placeholders = placeholders
    tables[index].parser.begin()
    defer { tables[index].parser.learns = false }
    let status =
      shape.isFixture
      ? tables[index].parser.fixture(window, &at, &cells, row: 0, model: tables[index].schema.name)
      : tables[index].parser.plain(window, &at, &cells, row: 0)
    switch status {
    case .record, .otherTable, .newColumn:
      let added = tables[index].growSchema()
      if added > 0, let code = budget.take(columns: tables[index].schema.columns.suffix(added)) {
        throw failed(code, at: place)
      }
      return true
    case .cut:
      if try !more(valueStart: tables[index].parser.valueStart) {
        // The record before the cut may have taught columns that no whole record has.
        throw cutOff()
      }
      return false
    case .failed:
      throw failed(tables[index].parser.failure, at: tables[index].parser.failureOffset)
    }
  }

  /// The table of a name, made when it is new.
  mutating func table(named name: Name) throws(ReadError) -> Int {
    if let index = tableIndex[name] { return index }
    if isFixed { throw failed(.changed, at: position) }
    if let code = budget.take(table: name) { throw failed(code, at: position) }
    let first = shape.isFixture ? 1 : 0
    let columns = shape.isFixture ? [Column("pk", .json)] : []
    tableIndex[name] = tables.count
    tables.append(JSONTable(TableSchema(name, columns), firstColumn: first, python: dialect.python))
    return tables.count - 1
  }
}
