internal import Bytes
internal import Diagnostics
internal import Records

extension SQLDumpReader {
  /// Takes in what comes next: a statement, a command, or the beginning of rows.
  mutating func step() throws(ReadError) {
    if try beginsCopy() { return }
    let (behind, isCut) = window.heap.sqlSpace(from: window.position, rule)
    noteMarks(in: window.position..<behind)
    window.position = behind
    if behind == window.heap.count || isCut {
      // A comment that is cut off is looked at again from its beginning.
      if window.refill() { return }
      if let failure = window.failure { throw failure }
      if isCut, !window.isLast || window.heap.matches("/*", at: behind) { throw cutOff() }
      phase = .end
      return
    }
    if try isCommand(at: behind) { return }
    // What is looked at may move with the window, always to its position.
    if script.branches.isActive, watcher == nil {
      let head = SQLDumpHeader(window.heap, from: window.position, rule)
      switch head.kind {
      case .cut where window.refill(): return
      case .insert(let header) where !isBookkeeping(header): return try beginValues(header)
      case .insert, .cut, .statement: break
      }
    }
    switch window.heap.statementEnd(from: window.position, rule) {
    case .delimiter(let end):
      guard script.branches.isActive else { return try leaveOut(to: end + rule.delimiter.count) }
      try take(window.position..<end)
      try endOfBatch(at: end + rule.delimiter.count)
    case .command(let end): try meetCommand(at: end)
    case .cut:
      if window.refill() { return }
      guard watcher != nil, window.isLast else { throw cutOff() }
      try take(window.position..<window.heap.count)
      window.position = window.heap.count
    }
  }

  /// Whether rows say something of the database itself (SQLite's catalog and sequences), or are the inside of a virtual table.
  private mutating func isBookkeeping(_ header: SQLInsertHeader) -> Bool {
    guard rule.family == .sqlite, let name = header.table.last else { return false }
    return name.lowercased.hasPrefix("sqlite_") || schema.isShadow(schema.tableName(header.table))
  }

  /// Looks for what pg_dump says at the beginning and at the end.
  private mutating func noteMarks(in range: Range<Int>) {
    guard range.count > Self.beginMark.count else { return }
    if holds(Self.endMark, in: range) {
      marks.endCount += 1
    } else if holds(Self.beginMark, in: range) {
      marks.beginCount += 1
    }
  }
  private func holds(_ text: [UInt8], in range: Range<Int>) -> Bool {
    firstOffset(of: text.span, in: window.heap.span(at: range.lowerBound, count: range.count)) != nil
  }
  private static let beginMark = Array("-- PostgreSQL database dump\n".utf8)
  private static let endMark = Array("-- PostgreSQL database dump complete".utf8)

  /// Takes in a whole statement.
  mutating func take(_ range: Range<Int>) throws(ReadError) {
    let bytes = Array(window.heap.span(at: range.lowerBound, count: range.count))
    watcher?(bytes, window.base + range.lowerBound)
    if rule.family == .postgres, let copy = SQLCopyHeader(bytes) {
      script.copies.append((copy, window.base + range.lowerBound))
      return
    }
    guard !bytes.allSatisfy({ $0 <= 0x20 }) else { return }
    _ = schema.add(bytes, at: window.base + range.lowerBound)
    if schema.followsLargeObjects { try followLargeObject() }
    rule.hasBackslashes = schema.syntax.backslashEscapes
    rule.hasANSIQuotes = schema.syntax.ansiQuotes
  }

  /// Takes in the command of a client on the line that begins at a place, if there is one.
  private mutating func isCommand(at start: Int) throws(ReadError) -> Bool {
    let first = window.heap[start]
    let isOwn: Bool
    switch rule.family {
    case .postgres: isOwn = first == UInt8(ascii: "\\")
    case .mysql: isOwn = asciiLower(first) == UInt8(ascii: "d")
    case .sqlite: isOwn = first == UInt8(ascii: ".")
    }
    guard isOwn else { return false }
    if rule.family == .postgres {
      try meetCommand(at: start)
      return true
    }
    guard let end = try lineEnd(from: start) else { return try isCommand(at: window.position) }
    var line = Array(window.heap.span(at: start, count: end - start))
    while let last = line.last, last == 0x0A || last == 0x0D { line.removeLast() }
    if rule.family == .mysql {
      let word = Array("delimiter".utf8)
      guard line.count > word.count + 1, line.prefix(word.count).map(asciiLower) == word, line[word.count] <= 0x20
      else {
        return false
      }
      let mark = line.dropFirst(word.count).drop { $0 <= 0x20 }.prefix { $0 > 0x20 }
      if !mark.isEmpty, mark.count <= 16 { rule.delimiter = Array(mark) }
    } else {
      schema.addMetaCommand(line, at: window.base + start)
    }
    window.position = end
    return true
  }

  /// The place behind the line feed that follows a place, or the end of all; nil when the window has moved to get there.
  func foundLineEnd(from start: Int) -> Int? {
    window.heap.firstOffset(of: 0x0A, at: start, count: window.heap.count - start).map { $0 + 1 }
  }
  mutating func lineEnd(from start: Int) throws(ReadError) -> Int? {
    if let end = foundLineEnd(from: start) { return end }
    if window.isLast { return window.heap.count }
    guard window.refill() || window.isLast else { throw cutOff() }
    return nil
  }

  /// Sets up the run of a table's rows. `columns` nil: those of the table; then `width` fields stand in a row.
  mutating func begin(_ parts: [Name], columns: [Name]?, width: Int?, start: Int) throws(ReadError) {
    let name = schema.tableName(parts)
    var table = tables[name] ?? schema.table(name) ?? TableSchema(name, [])
    var listed = columns ?? []
    if columns == nil {
      let all = schema.table(name)?.columns ?? []
      listed = (width == nil || width == all.count ? all : all.filter { $0.generation == nil }).map(\.name)
      if let width, width != listed.count { listed = (0..<width).map { Name("column\($0 + 1)") } }
    }
    guard listed.count <= TableSchema.columnLimit else {
      throw ReadError(.tooMany(what: "columns", limit: TableSchema.columnLimit), offset: start)
    }
    var positions = Dictionary(
      table.columns.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    var order: [Int] = [], taken = Set<Int>()
    for column in listed {
      if positions[column] == nil {
        // Complete schemas lack a column only when the dump is another one by now.
        guard !isFixed else { throw ReadError(.changed, offset: start, record: recordCount + 1) }
        positions[column] = table.columns.count
        table.columns.append(Column(column, .text))
      }
      guard let at = positions[column], taken.insert(at).inserted else {
        throw ReadError(.duplicateName(column), offset: start, record: recordCount + 1)
      }
      order.append(at)
    }
    tables[name] = table
    let isPlain = order == Array(table.columns.indices)
    run = newRun(table, order: isPlain ? nil : order, width: listed.count, start: start)
  }

  private func newRun(_ table: TableSchema, order: [Int]?, width: Int, start: Int) -> Run {
    let conversion = DumpConversion(table.columns, rule.family, isSurvey: isSurvey || !isWanted(table.name))
    var copy = CopyRule(width: max(width, 1))
    if width > 0 { copy.forms = conversion.forms(order ?? Array(0..<width)) }
    return Run(
      table: table, order: order, width: width, conversion: conversion, copy: copy,
      values: ValuesRule(width: max(width, 1), family: rule.family, hasBackslashes: rule.hasBackslashes, header: []),
      start: start)
  }
}
