internal import Bytes
internal import Diagnostics

/// The end of data in COPY form.
private let endMark = Array("\\.\n".utf8)
/// The same behind the row before it.
private let endMarkLine = Array("\n\\.\n".utf8)

// Rows and statements of data items. Whatever is ready consists of whole ones.
extension ArchiveScript {
  /// Begins the data item of an entry.
  mutating func begin(_ entry: TOCEntry) throws(IOError) {
    let isCopy = entry.copyStmt.starts(with: "COPY ".utf8)
    do throws(IOError) {
      let source = try archive.items.open(entry)
      item = ScriptItem(entry, isCopy ? .copy : .statements, source)
      ready = text.count
    } catch {
      try lose(entry, error)
      if isCopy { text.append(endMark) }
      text.append("\n\n")
    }
  }

  /// Notes that data of an entry is not there; errors of the operating system are thrown on.
  private mutating func lose(_ entry: TOCEntry, _ error: IOError?, _ detail: String = "") throws(IOError) {
    if let error, error.errno != 0 { throw error }
    let reason = error?.reason ?? "it ends too early"
    note(
      "unreadable-rows", .error,
      "data of \(displayed(entry.qualifiedName)) is damaged or incomplete: \(reason)\(detail)", entry,
      advice: error?.advice ?? "the archive may be cut off: compare its size with the original, or dump again")
  }

  /// Decodes more of the item and makes its whole rows ready.
  mutating func advanceItem() throws(IOError) {
    guard let item else { return }
    if text.count >= text.capacity { text.reserve(min(text.capacity * 2, Self.rowLimit)) }
    let (isOver, failure) = item.fill(&text)
    switch item.form {
    case .copy: try takeRows(item, isOver, failure)
    case .copyEnd: try takeEnd(item, isOver, failure)
    case .statements: try takeStatements(item, isOver, failure)
    }
  }

  private mutating func takeRows(_ item: ScriptItem, _ isOver: Bool, _ failure: IOError?) throws(IOError) {
    if let end = endOfRows(item) {
      // What lies behind the mark is looked at, not handed on.
      item.hasMore = !text.hasOnlyLineFeeds(from: end)
      text.truncate(to: end)
      item.form = .copyEnd
      if isOver { return try finishRows(item, failure) }
      ready = end
      return
    }
    if let line = lastLineFeed(item.searched) {
      item.isWithinLongRow = false
      ready = line + 1
    }
    item.searched = text.count - ready
    if isOver { return try endCut(item, failure) }
    if ready == 0 && text.count >= Self.rowLimit {
      item.isWithinLongRow = true
      item.searched = 0
      ready = text.count
    }
  }

  /// Where the rows end, behind the mark; nil when it has not come yet.
  private func endOfRows(_ item: ScriptItem) -> Int? {
    if !item.isWithinLongRow && text.matches("\\.\n", at: 0) { return endMark.count }
    let from = max(0, item.searched - endMarkLine.count)
    return firstOffset(of: endMarkLine.span, in: text.span, from: from).map { $0 + endMarkLine.count }
  }

  private func lastLineFeed(_ from: Int) -> Int? {
    let bytes = text.span
    var i = text.count
    while i > from {
      i -= 1
      if bytes[i] == UInt8(ascii: "\n") { return i }
    }
    return nil
  }

  /// The item ended without the mark: the row that was cut off is dropped.
  private mutating func endCut(_ item: ScriptItem, _ failure: IOError?) throws(IOError) {
    if item.isWithinLongRow {
      // Half of a row is out already; no later item can be told from it.
      try lose(item.entry, failure, "; what follows is not read either")
      ready = text.count
      self.isOver = true
      self.item = nil
      return
    }
    let isWhole = failure == nil && text.equals(Array(endMark.dropLast()), at: ready, count: text.count - ready)
    let half = text.count - ready
    text.truncate(to: ready)
    text.append(endMark)
    text.append("\n\n")
    ready = text.count
    self.item = nil
    if !isWhole { try lose(item.entry, failure, half > 0 ? "; its last row is cut off and left out" : "") }
  }

  /// Reads what follows the end of the rows, so that checksums are looked at.
  private mutating func takeEnd(_ item: ScriptItem, _ isOver: Bool, _ failure: IOError?) throws(IOError) {
    if !text.hasOnlyLineFeeds(from: 0) { item.hasMore = true }
    text.removeAll()
    if isOver { try finishRows(item, failure) }
  }

  /// Ends an item whose end mark was seen.
  private mutating func finishRows(_ item: ScriptItem, _ failure: IOError?) throws(IOError) {
    self.item = nil
    text.append("\n\n")
    ready = text.count
    if failure != nil { try lose(item.entry, failure) }
    if item.hasMore {
      note(
        "unreadable-rows", .warning,
        "data of \(displayed(item.entry.qualifiedName)) goes on behind its end mark; the rest is left out", item.entry)
    }
  }

  private mutating func takeStatements(_ item: ScriptItem, _ isOver: Bool, _ failure: IOError?) throws(IOError) {
    if let end = item.boundary.last(in: text, item.searched..<text.count) {
      item.isWithinLongRow = false
      ready = end
    }
    item.searched = text.count - ready
    if isOver {
      let isCut = !text.hasOnlyLineFeeds(from: ready)
      self.item = nil
      if item.isWithinLongRow && isCut {
        ready = text.count
        self.isOver = true
        return try lose(item.entry, failure, "; what follows is not read either")
      }
      text.truncate(to: ready)
      text.append("\n\n")
      ready = text.count
      if failure != nil || isCut {
        try lose(item.entry, failure, isCut ? "; its last statement is cut off and left out" : "")
      }
    } else if ready == 0 && text.count >= Self.rowLimit {
      item.isWithinLongRow = true
      item.searched = 0
      ready = text.count
    }
  }
}

extension ByteHeap {
  fileprivate func hasOnlyLineFeeds(from offset: Int) -> Bool {
    let bytes = span
    for i in offset..<count where bytes[i] != UInt8(ascii: "\n") { return false }
    return true
  }
}
